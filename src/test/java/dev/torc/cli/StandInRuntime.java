package dev.torc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A stand-in for a runtime: a script that has images as files, writes down how it was called and
 * runs "containers" as processes of this machine. What a real one does is for {@code ContainersIT}.
 *
 * @param folder has the script, and is for the PATH
 */
record StandInRuntime(Path folder, String name) {

  private static final String SCRIPT =
      """
      #!/bin/sh
      here=$(dirname "$0")
      for word; do printf '%s\\n' "$word"; done >> "$here/words"
      echo "$1 $2" >> "$here/calls"
      image() { echo "$here/images/$(printf %s "$1" | tr '/:' '__')"; }
      case "$1" in
        info) [ -e "$here/broken" ] && { echo "cannot work today" >&2; exit 1; }
          echo "false 0 v2 [cpu memory]"; exit 0;;
        image) cat "$(image "$5")" 2>/dev/null && exit 0
          echo "Error: $5: no such image" >&2; exit 125;;
        pull) while [ -e "$here/hold" ]; do sleep 0.01; done
          [ -e "$here/registry" ] || { echo "Error: no network" >&2; exit 125; }
          cp "$here/registry" "$(image "${2#docker.io/library/}")"; exit 0;;
        manifest) [ -e "$here/registry" ] && exit 0
          [ -e "$here/answers" ] || { echo "Error: no network" >&2; exit 125; }
          echo "Error: reading image \\"docker://$3\\": manifest unknown" >&2; exit 125;;
        ps|rm) exit 0;;
      esac
      given=" "
      while :; do
        case "$1" in
          --env) given="$given${2%%=*} "; case "$2" in *=*) export "$2";; esac; shift;;
          --workdir) cd "$2" || exit 125; shift;;
          [0-9a-f]*|sha256:*) case "${1#sha256:}" in
            *[!0-9a-f]*) ;;
            *) [ ${#1} -ge 64 ] && {
                for name in TORC_MEMORY TORC_GPUS; do
                  case "$given" in *" $name "*) ;; *) unset "$name";; esac
                done
                shift; exec "$@"; };;
            esac;;
        esac
        shift
      done
      """;

  /** What apptainer 1.3 says and does, of what torc asks of it. */
  private static final String APPTAINER =
      """
      #!/bin/sh
      here=$(dirname "$0")
      for word; do printf '%s\\n' "$word"; done >> "$here/words"
      echo "$*" >> "$here/calls"
      case "$1" in
        --version) [ -e "$here/broken" ] && { echo "cannot work today" >&2; exit 1; }
          echo "${0##*/} version 1.3.6"; exit 0;;
        pull) echo begun > "$3"
          [ -e "$here/registry" ] || { echo "FATAL:   no network" >&2; exit 255; }
          cp "$here/registry" "$3"; exit 0;;
      esac
      shift 2
      while :; do
        case "$1" in
          --pwd) cd "$2" || exit 255; shift;;
          --mount|--no-mount) shift;;
          *.sif) [ -s "$1" ] || { echo "FATAL:   could not open image $1" >&2; exit 255; }
            shift; break;;
        esac
        shift
      done
      [ -e "$here/no-$1" ] && { echo "FATAL:   \\"$1\\": executable file not found in \\$PATH" >&2
        exit 255; }
      unset TORC_MEMORY TORC_GPUS
      for name in $(env | sed -n 's/^\\(APPTAINER\\|SINGULARITY\\)ENV_\\([A-Za-z_0-9]*\\)=.*/\\2/p'); do
        eval "export $name=\\"\\${APPTAINERENV_$name-\\$SINGULARITYENV_$name}\\""
        unset "APPTAINERENV_$name" "SINGULARITYENV_$name"
      done
      exec "$@"
      """;

  /** Puts it into a folder, with no image. */
  static StandInRuntime in(Path folder, String name) throws IOException {
    Files.createDirectories(folder.resolve("images"));
    boolean oci = name.equals("podman") || name.equals("docker");
    Path script = Files.writeString(folder.resolve(name), oci ? SCRIPT : APPTAINER);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new StandInRuntime(folder, name);
  }

  /** An environment in which it is found first. */
  Map<String, String> env() {
    return Map.of("PATH", folder + ":" + System.getenv("PATH"), "HOME", folder.toString());
  }

  /** An identity as the digest of a configuration looks; of one digit. */
  static String identity(int number) {
    return Integer.toString(number).repeat(64);
  }

  /** An image is here. */
  void has(String image, int number) throws IOException {
    Files.writeString(file(image), identity(number) + "\n");
  }

  /** An image is here no more. */
  void lost(String image) throws IOException {
    Files.delete(file(image));
  }

  /** Whatever is fetched is this image. */
  void offers(int number) throws IOException {
    Files.writeString(folder.resolve("registry"), identity(number) + "\n");
  }

  /** Its registry answers, and has nothing. */
  void knowsNothing() throws IOException {
    Files.createFile(folder.resolve("answers"));
  }

  /** Its images have no such program. */
  void lacks(String program) throws IOException {
    Files.createFile(folder.resolve("no-" + program));
  }

  /** Fetching takes until the file that this returns is gone. */
  Path holds() throws IOException {
    return Files.createFile(folder.resolve("hold"));
  }

  /** From now on it cannot work. */
  void breaks() throws IOException {
    Files.createFile(folder.resolve("broken"));
  }

  private Path file(String image) {
    return folder.resolve("images").resolve(image.replaceAll("[/:]", "_"));
  }

  /** How often it was called with this first word since the last time. */
  long calls(String word) throws IOException {
    try (Stream<String> calls = Files.lines(folder.resolve("calls"))) {
      return calls.filter(call -> call.startsWith(word + " ")).count();
    } catch (NoSuchFileException none) {
      return 0;
    }
  }

  /** Forgets the calls. */
  void forget() throws IOException {
    Files.deleteIfExists(folder.resolve("calls"));
    Files.deleteIfExists(folder.resolve("words"));
  }

  /** All words that it was called with. */
  List<String> words() throws IOException {
    return Files.readAllLines(folder.resolve("words"));
  }
}
