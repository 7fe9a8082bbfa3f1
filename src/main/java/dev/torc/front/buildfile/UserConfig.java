package dev.torc.front.buildfile;

import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.SourceFile;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The settings of a user for all projects. They are not in the build file, because a build file
 * must not be able to grant itself trust. The file is read only if a setting matters, so most calls
 * never read it.
 *
 * @param server whether a warm server may answer calls
 * @param trust absolute folders whose build files may belong to other users
 */
public record UserConfig(boolean server, List<Path> trust) {

  private static final int MOST_BYTES = 1 << 20;

  /**
   * Returns the path of the configuration file, as {@code env} determines it; null without a home
   * folder.
   */
  public static Path file(Map<String, String> env) {
    String given = env.getOrDefault("XDG_CONFIG_HOME", "");
    String home = env.getOrDefault("HOME", "");
    String config = given.startsWith("/") ? given : home.startsWith("/") ? home + "/.config" : "";
    return config.isEmpty() ? null : Path.of(config, "torc", "config.yaml");
  }

  /** Reads the file; throws {@link dev.torc.base.syntax.BadInput} with all errors. */
  public static UserConfig read(Path file) throws IOException {
    Place whole = new Place(file.toString(), 0, 0);
    Problems problems = new Problems();
    if (!Files.isRegularFile(file) && Files.exists(file)) {
      problems.add(whole, "not a regular file");
      problems.throwIfAny();
    }
    byte[] bytes = SourceFile.bytes(file, whole, MOST_BYTES, "");
    Scope plain = new Scope(Vars.NONE, null, problems);
    String where = "the user's configuration";
    MapFields fields =
        MapFields.of(SourceFile.parse(bytes, whole.file()), where, plain, problems)
            .only(KnownKeys.ordered("server", "trust"), where);
    boolean server = fields.flag("server");
    List<Path> trust = fields.list("trust", node -> folder(node.text()));
    problems.throwIfAny();
    return new UserConfig(server, trust);
  }

  private static Path folder(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException(
          "trust: " + text + " must be an absolute path; ~ and variables are not expanded");
    }
    return Walk.to(Path.of("/"), text);
  }
}
