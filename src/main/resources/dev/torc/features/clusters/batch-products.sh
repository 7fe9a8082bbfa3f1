# The places of products: how they are cleared before a job, and told after it.

# Prints what the files of products are, named as for torc_clear: `size BYTES SECONDS PATH`, up to
# 256 MiB also `digest SHA-256 PATH`; a folder has size 0. Names with a line end are left out. A
# link counts as the file that it leads to, but links within a folder are left out.
torc_made() {
  {
    export LC_ALL=C torc_teller
    while [ $# -gt 0 ]; do
      if [ "$1" = pattern ]; then
        find -H "$2" -type d \( -name .torc -o -name .git -o -path "${3% *}" \) -prune \
          -o -path "${3#* }" \( -type f -o -type l \) \
          -exec sh -c 'eval "$torc_teller"' '-type d -prune -o' {} +
      elif [ "$2" = folder ]; then
        [ ! -d "$3" ] || [ "${3%"$torc_newline"*}" != "$3" ] || echo "size 0 0 $3/"
        sh -c "$torc_teller" '' "$3/"
      else
        sh -c "$torc_teller" '' "$3"
      fi
      shift 3
    done
  } 2>/dev/null | LC_ALL=C sed -n -e '/^size [0-9]* [0-9]* /p' \
    -e 's/^\([0-9a-f]\{64\}\) [ *]/digest \1 /p'
  echo end
}

# Whether the folders on the ways to products are as they were when torc submitted the job, each two
# words: path, and the text of a link (else empty). What is behind a new link is the user's.
torc_way() {
  while [ $# -gt 0 ]; do
    if [ -L "$1" ] && [ "$(readlink "$1")" != "$2" ]; then
      echo "$1 became a symlink after the job was submitted" >&2
      return 1
    fi
    shift 2
  done
}

# Clears the places of products, each three words: clear or keep, file or folder, path; or (last)
# pattern, folder, and in one word the patterns of folders without matches and of all matches. What
# stands there moves aside, where torc finds it by the product's number, and the folders are made. Of
# a folder that is to stand there again, what it holds moves: mounts on it and shells in it stay.
torc_clear() {
  torc_ways || return
  torc_number=0
  while [ $# -gt 0 ] && [ "$1" != pattern ]; do
    if [ "$1" = clear ] && { [ -e "$3" ] || [ -L "$3" ]; }; then
      [ -d "$torc_folder/$torc_name.aside" ] || mkdir "$torc_folder/$torc_name.aside" || return
      torc_place="$torc_folder/$torc_name.aside/$torc_number"
      if [ "$2" = folder ] && [ -d "$3" ] && [ ! -L "$3" ]; then
        mkdir "$torc_place" && find "$3/." ! -name . -prune \
          -exec sh -c 'torc_place=$1 && shift && mv -f "$@" "$torc_place"' '' "$torc_place" {} + || return
        rmdir "$torc_place" 2>/dev/null # if nothing was in it
      else
        mv -f "$3" "$torc_place" || return
      fi
    fi
    torc_place=$3
    [ "$2" = folder ] || torc_place=${3%/*}
    [ -d "$torc_place/" ] || mkdir -p "$torc_place" || return
    torc_number=$((torc_number + 1))
    shift 3
  done
}
