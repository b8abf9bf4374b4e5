# Completion of depmod(8) for fish. Made by scripts/docs; do not edit.
#
# It belongs into /etc/fish/completions or, as a part of a package, share/fish/vendor_completions.d.

# Prints what the words before the cursor say, a line each: the base directory, which may be empty,
# the module directory below it, and the operands.
function __depmod_read
    set -l specs \
    a/all \
    A/quick \
    b/basedir= \
    m/moduledir= \
    o/outdir= \
    C/config= \
    E/symvers= \
    F/filesyms= \
    e/errsyms \
    v/verbose \
    n/show \
    dry-run \
    P/symbol-prefix= \
    w/warn \
    V/version \
    h/help \
    allow-read= \
    show-grants \
    check'=?' \
    explain= \
    strict \
    max-module-size= \
    module-timeout= \
    j/jobs= \
    all-kernels \
    cache'=?' \
    report= \
    summary \
    lock-wait= \
    no-sync \
    no-progress \
    u/unresolved-error \
    q/quiet \
    r/root \
    map
    set -l words (commandline -opc)[2..]
    # At an option's value, that value is still missing.
    argparse --ignore-unknown $specs -- $words 2>/dev/null
    or argparse --ignore-unknown $specs -- $words '' 2>/dev/null
    set -l root (string replace -r '^~(?=/|$)' $HOME -- "$_flag_basedir")
    set -l moduledir lib/modules
    set -q _flag_moduledir; and set moduledir $_flag_moduledir
    printf '%s\n' (string replace -r '/$' '' -- "$root") (string replace -r '^/+' '' -- $moduledir)
    test (count $argv) -eq 0; or printf '%s\n' $argv
end

# Whether the word at the cursor is the version, which comes first.
function __depmod_needs_version
    test (count (__depmod_read)) -eq 2
end

# The value at the cursor, which may be in one word with its option.
function __depmod_value
    string replace -r '^(--[^=]*=|-[a-zA-Z])' '' -- (commandline -ct) | string unescape
end

# Completes a directory.
function __depmod_directory
    __fish_complete_directories (commandline -ct) ''
end

# Completes a directory below the base directory, named from there.
function __depmod_below
    set -l root (__depmod_read)[1]
    for path in $root/(__depmod_value)*/
        string replace -- "$root/" '' $path
    end
end

# Completes the version: the name of a directory below the module directory.
function __depmod_version
    set -l known (__depmod_read)
    for path in $known[1]/$known[2]/*/
        string match -r '[0-9][^/]*\.[0-9][^/]*(?=/$)' -- $path
    end
end

# Completes a module: an absolute path. The first one begins with the version's directory.
function __depmod_module
    set -l word (commandline -ct | string unescape)
    if string match -q '/*' -- $word
        for path in $word*
            if test -d $path
                echo $path/
            else if string match -q -r '\.ko(\.[^/]*)?$' -- $path
                echo $path
            end
        end
    else if test -z "$word"
        set -l known (__depmod_read)
        set -l directory $known[1]/$known[2]/$known[3]
        string match -q '/*' -- $directory; or set directory $PWD/$directory
        test -d $directory; and echo $directory/
    end
end

complete -c depmod -f
complete -c depmod -n __depmod_needs_version -a '(__depmod_version)'
complete -c depmod -n 'not __depmod_needs_version' -a '(__depmod_module)'
complete -c depmod -s a -l all -d 'probe all modules; the default without file operands'
complete -c depmod -s A -l quick -d 'do nothing if no module is newer than modules.dep'
complete -c depmod -s b -l basedir -x -a '(__depmod_directory)' -d 'root of the tree (default: /)'
complete -c depmod -s m -l moduledir -x -a '(__depmod_below)' -d 'module directory below the root (default: lib/modules)'
complete -c depmod -s o -l outdir -x -a '(__depmod_directory)' -d 'root of the output (default: that of the tree)'
complete -c depmod -s C -l config -r -F -d 'configuration file or directory, instead of depmod.d; repeatable'
complete -c depmod -s E -l symvers -r -F -d 'Module.symvers with the kernel\'s symbols; - is standard input'
complete -c depmod -s F -l filesyms -r -F -d 'System.map with the kernel\'s symbols; - is standard input'
complete -c depmod -s e -l errsyms -d 'report symbols that nobody supplies; needs -E or -F'
complete -c depmod -s v -l verbose -d 'show each dependency found; more levels when repeated'
complete -c depmod -s n -l show -d 'write the text files to standard output instead'
complete -c depmod -l dry-run -d 'the same as --show'
complete -c depmod -s P -l symbol-prefix -x -d 'character that the architecture puts before symbols'
complete -c depmod -s w -l warn -d 'warn of duplicate entries'
complete -c depmod -s V -l version -d 'show the version'
complete -c depmod -s h -l help -d 'show this help'
complete -c depmod -l allow-read -x -a '(__depmod_directory)' -d 'let symbolic links lead to DIR too; repeatable'
complete -c depmod -l show-grants -d 'show what each thread may read and write, and do nothing else'
complete -c depmod -l check -a 'full' -d 'only tell whether the files are up to date; full: to the byte'
complete -c depmod -l explain -x -d 'only tell what is known of a module, an alias or a symbol'
complete -c depmod -l strict -d 'exit with status 2 where a module or symbol is only reported'
complete -c depmod -l max-module-size -x -d 'refuse larger modules; K, M, G may follow (default: 1G)'
complete -c depmod -l module-timeout -x -d 'refuse modules that take longer to read (default: 60)'
complete -c depmod -s j -l jobs -x -d 'threads that read modules (default: as many as pay, up to 8)'
complete -c depmod -l all-kernels -d 'work on every version that has modules in the module directory'
complete -c depmod -l cache -F -d 'read only what has changed (default: modules.cache.bin there)'
complete -c depmod -l report -r -F -d 'write a report of the run as JSON; - is standard output'
complete -c depmod -l summary -d 'show at the end what was read and what has changed'
complete -c depmod -l lock-wait -x -d 'fail if another depmod writes there for longer (default: wait)'
complete -c depmod -l no-sync -d 'do not wait until the files are on the disk'
complete -c depmod -l no-progress -d 'show no progress bar on a terminal'
