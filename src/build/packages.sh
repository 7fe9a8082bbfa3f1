#!/bin/sh
# Makes a Debian and an RPM package of a distribution with its own JDK, by dpkg-deb and rpmbuild:
#   sh src/build/packages.sh DISTRIBUTION TARGET
# Both hold the folder as it is in /usr/lib/torc, with links to it where programs, manuals and the
# files of completion are looked for. One of both is made if only its program is installed.
set -eu
home=$(cd "$1" && pwd) target=$2
system=${home##*/torc-}
version=${system%%-*} arch=${system##*-}
case $system in
  *-linux-x86_64 | *-linux-aarch64) ;;
  *) echo "packages.sh: $home is not for Linux with glibc; these packages need that" >&2 && exit 1 ;;
esac
summary="A Make-like incremental build engine, driven by the contents of files"
export SOURCE_DATE_EPOCH=1767225600 # project.build.outputTimestamp

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/usr/bin" "$work/tree/usr/lib" "$target"
target=$(cd "$target" && pwd)
cp -Rp "$home" "$work/tree/usr/lib/torc"
cd "$work/tree/usr"
ln -s ../lib/torc/bin/torc bin/torc
(cd lib/torc && find share/man share/bash-completion share/fish share/zsh -type f) | while read -r file; do
  mkdir -p "${file%/*}"
  ln -s "$(echo "${file%/*}" | sed 's|[^/]*|..|g')/lib/torc/$file" "$file"
done
cd "$work"

if command -v dpkg-deb >/dev/null; then
  mkdir tree/DEBIAN
  cat >tree/DEBIAN/control <<EOF
Package: torc
Version: $version
Architecture: $(echo "$arch" | sed 's/x86_64/amd64/; s/aarch64/arm64/')
Maintainer: the developers of torc
Section: devel
Priority: optional
Installed-Size: $(du -sk tree | cut -f 1)
Depends: libc6 (>= 2.17)
Description: $summary
EOF
  dpkg-deb --root-owner-group -Zzstd -z9 --build tree "$target" >/dev/null
  rm -r tree/DEBIAN
fi

if command -v rpmbuild >/dev/null; then
  cat >torc.spec <<EOF
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global _buildhost torc
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
%global _binary_payload w9.zstdio
Name: torc
Version: $version
Release: 1
Summary: $summary
License: Apache-2.0
AutoReqProv: no
%description
$summary.
%install
cp -Rp '$work/tree/.' %{buildroot}
%files
%attr(-, root, root) /usr/lib/torc
EOF
  (cd tree && find usr/bin usr/share -type l | sed 's|^|/|') >>torc.spec
  rpmbuild -bb --quiet --define "_topdir $work/rpm" --define "_rpmdir $target" \
    --define '_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm' torc.spec
fi
