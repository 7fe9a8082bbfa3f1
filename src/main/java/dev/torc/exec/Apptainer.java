package dev.torc.exec;

import dev.torc.hash.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * apptainer, or the singularity that it came from. Its images are files: of a registry's image it
 * makes one, once. Its containers are processes as any others, so torc sees and ends them itself.
 */
final class Apptainer extends ContainerRuntime {

  static final String NAME = "apptainer";

  /** What a failure of its own ends with. */
  private static final int OWN = 255;

  private final Path root;
  private boolean older; // singularity, which has other names for its variables

  Apptainer(Path root, Map<String, String> env) {
    super(List.of(NAME, "singularity"), env);
    this.root = root;
  }

  @Override
  synchronized ProgramOutput about() {
    ProgramOutput version = ask("--version");
    older = !version.text().startsWith(NAME);
    return version;
  }

  private synchronized String prefix() {
    return older ? "SINGULARITYENV_" : "APPTAINERENV_";
  }

  @Override
  public boolean isApart() {
    return false;
  }

  @Override
  public boolean holdsLimits() {
    return false;
  }

  @Override
  LocalImage find(Containers.ImageName image) {
    return Files.isRegularFile(root.resolve(file(image)))
        ? new LocalImage(null, file(image))
        : null;
  }

  /** The file of an image: its own, or the one that was made of it. */
  private static String file(Containers.ImageName image) {
    if (image.isFile()) {
      return image.name();
    }
    String readable = image.name().replaceAll("[^A-Za-z0-9._-]", "-");
    String exact = Digest.ofText(image.name()).hex().substring(0, 12);
    return image.folder() + "/" + readable + "-" + exact + ".sif";
  }

  /** Where a file is made before it takes its place; two builds may make the same at once. */
  private Path unfinished(Containers.ImageName image) {
    return root.resolve(file(image) + "." + ProcessHandle.current().pid() + ".part");
  }

  @Override
  public List<String> pull(Containers.ImageName image, String source) throws IOException {
    Path made = unfinished(image);
    Files.createDirectories(made.getParent());
    return List.of(program(), "pull", "--force", made.toString(), "docker://" + source);
  }

  @Override
  public void pulled(Containers.ImageName image, boolean well) throws IOException {
    Path made = unfinished(image);
    if (well) {
      Files.move(made, root.resolve(file(image)), StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.deleteIfExists(made);
    }
  }

  @Override
  List<String> run(
      Container container,
      List<String> argv,
      String dir,
      Map<String, String> variables,
      Input input) {
    List<String> words = new ArrayList<>(List.of(program(), "--quiet", "exec"));
    words.addAll(List.of("--cleanenv", "--no-home", "--pwd", dir));
    for (Container.Mount mount : container.mounts()) {
      words.addAll(List.of("--mount", mount.words()));
    }
    if (!container.gpus().isEmpty()) {
      words.add("--nv");
    }
    words.addAll(container.args());
    words.add(root.resolve(container.image().file()).toString());
    words.addAll(argv);
    return words;
  }

  /** All but HOME, which it refuses: the script in the container sets that. */
  @Override
  SequencedMap<String, String> handed(Map<String, String> variables) {
    SequencedMap<String, String> handed = new LinkedHashMap<>();
    variables.forEach(
        (name, value) -> {
          if (!name.equals("HOME")) {
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
  boolean lacksProgram(int status, String said) {
    return speaksOfNoProgram(said);
  }

  @Override
  String remove(List<String> containers) {
    return ""; // they went with their processes
  }

  @Override
  List<String> left(String build) {
    return List.of();
  }
}
