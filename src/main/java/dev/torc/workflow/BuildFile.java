package dev.torc.workflow;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Where the build file is: in the current folder or the nearest one above. It reads nothing. */
public final class BuildFile {

  /** The names a build file may have. */
  public static final List<String> NAMES = List.of("torc.yaml", "torc.yml", "torc.json");

  private BuildFile() {}

  /**
   * Finds the build file for someone who stands in a folder. A link is given as the link, so that
   * the folder it stands in is the root.
   *
   * @return an absolute path
   * @throws BadInput if there is none, or two side by side
   */
  public static Path find(Path start) {
    for (Path dir = Layers.located(start.resolve("x")).getParent();
        dir != null;
        dir = dir.getParent()) {
      List<Path> found =
          NAMES.stream()
              .map(dir::resolve)
              .filter(f -> Files.exists(f, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(f))
              .toList();
      if (found.size() > 1) {
        throw new BadInput(
            new Place(found.get(0).toString(), 0, 0),
            found.get(1).getFileName() + " stands beside it; keep one, or say which with -f");
      }
      if (found.size() == 1) {
        return found.getFirst();
      }
    }
    throw new BadInput(Place.NONE, "no torc.yaml here or above; `torc init` writes one");
  }
}
