#!/bin/sh
# What Maven does beside its tests (pom.xml): it checks the format of the sources, finishes and
# trains target/torc, and makes the archive that brings its own JDK. Beside.java starts it; each
# phase that needs a part awaits it, and prints what it said.
#
#   beside.sh start JDK TARGET HOME NAME CLASSPATH NO_TESTS ALL GOALS
#   beside.sh await TARGET PART

# Runs a part; its words and its exit status are for `await`.
part() {
  name=$1
  shift
  "$@" >"$beside/$name.log" 2>&1
  echo $? >"$beside/status"
  mv "$beside/status" "$beside/$name.end"
}

format() {
  "$java" @src/build/format.args -classpath "$classpath" src/build/Format.java check \
    "$([ "$all" = false ] && echo some)"
}

pack() {
  "$java" -XX:TieredStopAtLevel=1 -cp "$home/lib/torc.jar" dev.torc.front.cli.ManPage \
    "$home/share/man/man1/torc.1" || return
  "$java" -XX:TieredStopAtLevel=1 src/build/Manifests.java "$home/lib" || return
  "$java" -XX:TieredStopAtLevel=1 -cp "$home/lib/torc.jar" src/build/Lambdas.java \
    "$home/lib/torc.jar" || return
  # Trained by the JVM that the launcher finds, the one that can use it. One that makes no AOT
  # cache (OpenJ9) starts torc all the same, so that is no error.
  if ! TORC_TRAINING=1 "$home/bin/torc" >"$target/training.log" 2>&1 || [ ! -s "$home/lib/all.aot" ]; then
    : >"$home/lib/build.aot"
    : >"$home/lib/all.aot"
    echo "[WARNING] no AOT cache was made, torc will start slower: see $target/training.log"
  fi
}

image() {
  "$java" -XX:TieredStopAtLevel=1 src/build/Image.java "$home" "$target" "$archive"
}

case $1 in
  start)
    java=$2/bin/java target=$3 home=$4 archive=$5 classpath=$6 no_tests=$7 all=$8 goals=$9
    beside=$target/beside
    case $goals in
      *package* | *integration-test* | *verify* | *install* | *deploy*) part pack pack ;;
    esac
    [ "$no_tests" = true ] || part format format
    case $goals,$no_tests,$all in
      *integration-test*,*true* | *verify*,*true* | *install*,*true* | *deploy*,*true*)
        part image image ;;
      *) part image true ;;
    esac
    ;;
  await)
    beside=$2/beside
    until [ -e "$beside/$3.end" ]; do
      kill -0 "$(cat "$beside/pid")" || [ -e "$beside/$3.end" ] || exit
      sleep 0.1
    done
    cat "$beside/$3.log"
    exit "$(cat "$beside/$3.end")"
    ;;
esac
