# Completion of depmod(8) for bash. Made by scripts/docs; do not edit.
#
# It is loaded by the package bash-completion from share/bash-completion/completions/depmod, but does
# not need that package. The functions share the variables that _depmod declares.

# Sets kind to that of the value of option $1: directory, below (a directory below the base
# directory), file, other, or `words` and the words; empty if it takes none. $1 ends with `=` for a
# value in the same word.
_depmod_kind() {
  case $1 in
    -b | --basedir | --basedir=) kind='directory' ;;
    -m | --moduledir | --moduledir=) kind='below' ;;
    -o | --outdir | --outdir=) kind='directory' ;;
    -C | --config | --config=) kind='file' ;;
    -E | --symvers | --symvers=) kind='file' ;;
    -F | --filesyms | --filesyms=) kind='file' ;;
    -P | --symbol-prefix | --symbol-prefix=) kind='other' ;;
    --allow-read | --allow-read=) kind='directory' ;;
    --check=) kind='words full' ;;
    --explain | --explain=) kind='other' ;;
    --max-module-size | --max-module-size=) kind='other' ;;
    --module-timeout | --module-timeout=) kind='other' ;;
    -j | --jobs | --jobs=) kind='other' ;;
    --cache=) kind='file' ;;
    --report | --report=) kind='file' ;;
    --lock-wait | --lock-wait=) kind='other' ;;
    *) kind='' ;;
  esac
}

# Sets plain to a word as depmod gets it: without quotes, and with the home directory for `~`.
_depmod_unquote() {
  plain=${1//[\"\'\\]/}
  # shellcheck disable=SC2088 # a tilde as it was typed
  [[ $1 != '~' && $1 != '~/'* ]] || plain=$HOME${plain#'~'}
}

# Sets words to the words before the cursor, the last one up to the cursor: bash cuts them at = and
# at :, and tells only in $1 where the cursor is.
_depmod_join() {
  local at word glued=''
  for ((at = 1; at <= COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    if [[ $word == [=:]* && ${#words[@]} -gt 0 ]]; then
      words[${#words[@]} - 1]+=$word
      glued=1
    else
      ((at < COMP_CWORD)) || word=$1
      if [[ $glued ]]; then words[${#words[@]} - 1]+=$word; else words+=("$word"); fi
      glued=''
    fi
  done
}

# Notes option $1 with the value $2.
_depmod_option() {
  _depmod_unquote "$2"
  case $1 in
    -b | --basedir) root=${plain%/} ;;
    -m | --moduledir) moduledir=$plain ;;
  esac
}

# Reads the letters of the word $1. The first one that takes a value takes the rest of the word or,
# if there is none, the next word.
_depmod_letters() {
  local at letter
  for ((at = 1; at < ${#1}; at++)); do
    letter=-${1:at:1}
    _depmod_kind "$letter"
    [[ $kind ]] || continue
    if ((at + 1 < ${#1})); then _depmod_option "$letter" "${1:at+1}"; else awaited=$letter; fi
    return
  done
}

# Reads the words before that at the cursor.
_depmod_read() {
  local word
  for word; do
    if [[ $awaited ]]; then
      _depmod_option "$awaited" "$word"
      awaited=''
    elif [[ $ended || $word != -?* ]]; then
      _depmod_unquote "$word"
      operands+=("$plain")
    elif [[ $word == -- ]]; then
      ended=1
    elif [[ $word == --*=* ]]; then
      _depmod_option "${word%%=*}" "${word#*=}"
    elif [[ $word == --* ]]; then
      _depmod_kind "$word"
      [[ ! $kind ]] || awaited=$word
    else
      _depmod_letters "$word"
    fi
  done
}

# Completes a value of $kind that begins with $1. Files and directories are left to bash itself,
# which knows all about quoting.
_depmod_value() {
  case $kind in
    directory) compopt -o dirnames -o filenames ;;
    file) compopt -o default ;;
    words\ *) mapfile -t COMPREPLY < <(compgen -W "${kind#words }" -- "$1") ;;
    below) _depmod_below "$1" ;;
  esac
}

# Completes a directory below the base directory, named from there.
_depmod_below() {
  local path
  compopt -o filenames -o nospace
  while IFS= read -r path; do
    COMPREPLY+=("${path#"$root/"}/")
  done < <(compgen -d -- "$root/$1")
}

# Completes the name of an option.
_depmod_name() {
  mapfile -t COMPREPLY < <(compgen -W '
    -a
    --all
    -A
    --quick
    -b
    --basedir=
    -m
    --moduledir=
    -o
    --outdir=
    -C
    --config=
    -E
    --symvers=
    -F
    --filesyms=
    -e
    --errsyms
    -v
    --verbose
    -n
    --show
    --dry-run
    -P
    --symbol-prefix=
    -w
    --warn
    -V
    --version
    -h
    --help
    --allow-read=
    --show-grants
    --check
    --explain=
    --strict
    --max-module-size=
    --module-timeout=
    -j
    --jobs=
    --all-kernels
    --cache
    --report=
    --summary
    --lock-wait=
    --no-sync
    --no-progress
  ' -- "$1")
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}

# Completes the version: the name of a directory below the module directory.
_depmod_version() {
  local path
  while IFS= read -r path; do
    path=${path##*/}
    [[ $path != [0-9]*.[0-9]* ]] || COMPREPLY+=("$path")
  done < <(compgen -d -- "$root/${moduledir#/}/$1")
}

# Completes a module: an absolute path. The first one begins with the version's directory.
_depmod_module() {
  local path directory=$root/${moduledir#/}/${operands[0]}
  [[ $directory == /* ]] || directory=$PWD/$directory
  compopt -o filenames
  if [[ ! $1 && -d $directory ]]; then
    COMPREPLY=("$directory")
  elif [[ $1 == /* ]]; then
    while IFS= read -r path; do
      [[ ! -d $path && $path != *.ko && $path != *.ko.* ]] || COMPREPLY+=("$path")
    done < <(compgen -f -- "$1")
  fi
}

# Called by bash; $2 is the part of the word before the cursor that is to be completed.
_depmod() {
  local IFS=$' \t\n' words=() operands=() root='' moduledir=lib/modules
  local plain current kind='' awaited='' ended=''
  COMPREPLY=()
  _depmod_join "$2"
  current=${words[${#words[@]} - 1]}
  _depmod_read "${words[@]:0:${#words[@]} - 1}"
  if [[ $awaited ]]; then
    _depmod_kind "$awaited"
    _depmod_unquote "$current"
    _depmod_value "$plain"
  elif [[ ! $ended && $current == --*=* ]]; then
    _depmod_kind "${current%%=*}="
    _depmod_unquote "${current#*=}"
    _depmod_value "$plain"
  elif [[ ! $ended && $current == -* ]]; then
    _depmod_name "$current"
  else
    _depmod_unquote "$current"
    if [[ ${#operands[@]} -eq 0 ]]; then _depmod_version "$plain"; else _depmod_module "$plain"; fi
  fi
}

complete -F _depmod depmod
