#!/bin/bash
# Module of dracut: puts the executable into the image as /usr/sbin/depmod, with the libraries that
# it needs. Install it as /usr/lib/dracut/modules.d/90depmod/module-setup.sh, mode 755, and ask for
# it by `dracut --add depmod`, or for every image by add_dracutmodules+=" depmod " in
# /etc/dracut.conf.d/depmod.conf. The executable is looked for at $DEPMOD, which may come from the
# environment or from that file, else at /usr/local/sbin/depmod.
#
# An image with this module is not stripped: `strip` cuts off the program that the executable
# carries after its last section.

# called by dracut
check() {
  local depmod=${DEPMOD:-/usr/local/sbin/depmod}

  # require_binaries would accept a depmod on PATH instead.
  # shellcheck disable=SC2154 # dracut's
  if [[ ! -x $dracutsysrootdir$depmod ]]; then
    dinfo "depmod: no executable $depmod"
    return 1
  fi
  return 255 # only where asked for
}

# called by dracut
depends() {
  return 0
}

# called by dracut
install() {
  # Otherwise, what another module put there (kmod's) would be kept.
  # shellcheck disable=SC2154 # dracut's
  rm -f "${initdir:?}/usr/sbin/depmod"
  inst_binary "${DEPMOD:-/usr/local/sbin/depmod}" /usr/sbin/depmod || return 1
  # shellcheck disable=SC2034,SC2154 # dracut's
  if [[ $do_strip == yes ]]; then
    dinfo "depmod: nothing in this image is stripped: the executable would not work any more"
    do_strip=no
  fi
}
