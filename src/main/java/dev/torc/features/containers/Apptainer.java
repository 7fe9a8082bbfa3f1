package dev.torc.features.containers;

import dev.torc.base.digests.Digest;
import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.GroupAccess;
import dev.torc.features.containers.ContainerRuntime.StepContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * apptainer, or singularity, its predecessor. Its images are files, which it makes from a
 * registry's images. Its containers are ordinary processes, so torc finds and ends them itself.
 */
final class Apptainer extends ContainerRuntime {

  static final String NAME = "apptainer";

  private static final int OWN = 255;

  /** Its errors for a program missing in the image's PATH, and for one missing at a path. */
  private static final Pattern NO_PROGRAM =
      Pattern.compile("FATAL: +(.*executable file not found.*|stat .*no such file or directory)");

  /** Variables that apptainer does not pass to a container, and HOME, which it rejects. */
  private static final Set<String> UNHANDED = Set.of("HOME", "UID", "GID", "EUID");

  private static final Pattern NAME_OF_SHELL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Variables that set its options, which would change a job without a trace. */
  private static final Pattern SETTING = Pattern.compile("(APPTAINER|SINGULARITY).*");

  /** Variables of the caller that it passes to a container in spite of {@code --cleanenv}. */
  private static final Pattern PROXY = Pattern.compile("(?i)(https?|ftp|all|no)_proxy");

  private final Path root;
  private final Map<String, String> env;
  private volatile boolean older; // whether it is singularity, whose variables differ

  Apptainer(Path root, Map<String, String> env) {
    super(List.of(NAME, "singularity"), env);
    this.root = root;
    this.env = env;
  }

  @Override
  ProgramOutput about() {
    ProgramOutput version = ask(List.of("--version"));
    older = !version.text().startsWith(NAME);
    return version;
  }

  private String prefix() {
    return older ? "SINGULARITYENV_" : "APPTAINERENV_";
  }

  @Override
  Containers.LocalImage find(Containers.ImageName image) {
    String file = file(image);
    return Files.isRegularFile(root.resolve(file)) ? new Containers.LocalImage(null, file) : null;
  }

  private static String file(Containers.ImageName image) {
    if (image.isFile()) {
      return image.name();
    }
    String readable = image.name().replaceAll("[^A-Za-z0-9._-]", "-");
    String exact = Digest.ofText(image.name()).hex().substring(0, 12);
    return image.folder() + "/" + readable + "-" + exact + ".sif";
  }

  /** Returns the path of an unfinished image file: two builds may fetch the same image at once. */
  private Path unfinished(Containers.ImageName image) {
    return root.resolve(file(image) + "." + ProcessHandle.current().pid() + ".part");
  }

  @Override
  public List<String> pullCommand(Containers.ImageName image, String source) throws IOException {
    Path made = unfinished(image);
    GroupAccess.of(root).makeFolders(made.getParent());
    return List.of(program(), "pull", "--force", made.toString(), "docker://" + source);
  }

  @Override
  public void finishPull(Containers.ImageName image, boolean well) throws IOException {
    Path made = unfinished(image);
    if (well) {
      GroupAccess.of(root).give(made);
      Files.move(made, root.resolve(file(image)), StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.deleteIfExists(made);
    }
  }

  @Override
  List<String> command(
      StepContainer container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input) {
    // Without its warnings, which would go to the job's log; it still prints fatal errors.
    List<String> words = new ArrayList<>(List.of(program(), "--silent", "exec"));
    words.addAll(
        List.of("--cleanenv", "--no-eval", "--no-home", "--no-mount", "cwd", "--pwd", dir));
    for (StepContainer.BindMount mount : container.mounts()) {
      words.addAll(List.of("--mount", mount.words()));
    }
    if (container.limits().gpus() == null
        || !container.limits().gpus().isEmpty()) { // null: all that the node shows
      words.add("--nv");
    }
    words.addAll(container.image().args());
    words.add(root.resolve(container.image().here().file()).toString());
    words.addAll(argv);
    return words;
  }

  /**
   * Returns whether apptainer can pass on a variable: one with an unusual name makes it lose all.
   */
  private static boolean isHanded(String name) {
    return !UNHANDED.contains(name) && NAME_OF_SHELL.matcher(name).matches();
  }

  @Override
  String nodeScript(List<String> names, boolean gpus) {
    StringBuilder lines = new StringBuilder();
    for (String name : names) {
      lines.append("[ -z \"${%1$s+x}\" ] || export %2$s%1$s=\"$%1$s\"\n".formatted(name, prefix()));
    }
    return lines + "exec \"$@\"\n";
  }

  @Override
  List<String> innerCommand(List<String> argv, Map<String, String> variables) {
    List<String> words = new ArrayList<>();
    variables.forEach(
        (name, value) -> {
          if (!isHanded(name) && !name.equals("HOME")) { // the script sets HOME
            words.add(name + "=" + value);
          }
        });
    if (!words.isEmpty()) {
      words.addFirst("env");
    }
    words.addAll(argv);
    return words;
  }

  /** Returns the variables to pass on; removes apptainer's settings, except those for folders. */
  @Override
  Map<String, String> clientVariables(Map<String, String> variables, boolean terminal) {
    Map<String, String> handed = new HashMap<>();
    for (String name : env.keySet()) {
      boolean setting = SETTING.matcher(name).matches() && !name.endsWith("DIR");
      if (setting || PROXY.matcher(name).matches() || name.equals("TERM") && !terminal) {
        handed.put(name, null);
      }
    }
    variables.forEach(
        (name, value) -> {
          if (isHanded(name)) {
            handed.put(prefix() + name, value);
          }
        });
    return handed;
  }

  @Override
  boolean isOwn(int status) {
    return status == OWN;
  }

  @Override
  boolean isOwnLine(String line) {
    return line.startsWith("FATAL:");
  }

  @Override
  boolean lacksProgram(int status, String line) {
    return NO_PROGRAM.matcher(line).matches();
  }
}
