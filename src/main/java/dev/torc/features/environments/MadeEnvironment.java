package dev.torc.features.environments;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.SystemName;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.SourceFile;
import dev.torc.core.model.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder of an environment, and the marker beside it that says that the folder is complete and
 * what it does to the variables of a job. The folder's name has the digest of entry and lock, so
 * another lock gets another folder. Nothing here is a product: torc never hashes, stores or moves
 * it.
 *
 * @param folder absolute
 * @param lasts whether later builds use it; else only the build that asked for it
 */
record MadeEnvironment(Path folder, boolean lasts) {

  private static final String FOLDER = ".torc/environments";

  private static final int SHOWN = 12; // digits of the digest in the name

  static MadeEnvironment of(Path root, Surroundings in, Digest digest) {
    String name = in.name() + "-" + digest.hex().substring(0, SHOWN);
    return new MadeEnvironment(root.resolve(FOLDER).resolve(name), !isOfModules(in));
  }

  /** Returns whether the environment is modules, which are not made but loaded. */
  static boolean isOfModules(Surroundings in) {
    return in.entry().contains("\"kind\":\"module\"");
  }

  /** Returns a path beside the folder, whose name has this ending. */
  Path beside(String ending) {
    return folder.resolveSibling(folder.getFileName() + ending);
  }

  private Path marker() {
    return beside(".json");
  }

  /**
   * Writes the marker, which makes the environment complete. Scripts in an environment hold the
   * path of their folder and of their interpreter, so both are in the marker.
   */
  void complete(Activation activation) throws IOException {
    Map<String, String> members = new TreeMap<>(activation.members());
    members.put("folder", JsonText.string(folder.toRealPath().toString()));
    members.put("system", JsonText.string(SystemName.here()));
    members.put("interpreter", JsonText.string(interpreter()));
    OwnFile.replace(
        marker(),
        out -> out.write((JsonText.object(members) + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns when it became complete; empty for an incomplete one. */
  Optional<FileTime> completed() {
    try {
      return Optional.of(Files.getLastModifiedTime(marker()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns what a complete environment does; null if there is none that works here and now. */
  Activation activation() {
    try {
      if (!OwnFile.exists(marker())) {
        return null;
      }
      byte[] text = OwnFile.read(marker());
      Node.Mapping members = (Node.Mapping) SourceFile.parse(text, marker().toString());
      boolean same =
          says(members, "folder", folder.toRealPath().toString())
              && says(members, "system", SystemName.here())
              && says(members, "interpreter", interpreter());
      return same ? Activation.of(members) : null;
    } catch (IOException | BadInput | ClassCastException e) {
      return null; // it is made anew
    }
  }

  private static boolean says(Node.Mapping members, String name, String value) {
    return members.get(name) instanceof Node.Scalar text && text.text().equals(value);
  }

  /**
   * Returns which program {@code bin/python} is, and which state a place has that locks share;
   * empty without them.
   */
  private String interpreter() throws IOException {
    StringBuilder found = new StringBuilder();
    for (String name : List.of("bin/python", "state")) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        Path real = file.toRealPath();
        found.append(real + " " + Files.size(real) + " ");
        found.append(Files.getLastModifiedTime(real).toMillis());
      }
    }
    return found.toString();
  }
}
