package dev.torc.session;

import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * What torc keeps in {@code .torc} for other programs: the schema of the build file for editors, by
 * a path that is the same on every machine, and the line by which git ignores the folder. torc
 * itself reads neither.
 */
public final class FilesForOthers {

  /** The schema, relative to the root. */
  public static final String SCHEMA = ".torc/schema.json";

  private FilesForOthers() {}

  /** Writes what is missing, and the schema where it is not the one of the torc that runs. */
  public static void keep(Path root) throws IOException {
    keep(root, GroupAccess.of(root));
  }

  /**
   * The same.
   *
   * @param group the group that also writes there; null for none
   */
  static void keep(Path root, GroupAccess group) throws IOException {
    Path schema = root.resolve(SCHEMA);
    OwnFile.folder(schema.getParent());
    give(schema.getParent(), group);
    Path ignore = schema.resolveSibling(".gitignore");
    if (!OwnFile.stands(ignore)) {
      OwnFile.write(ignore, "*\n".getBytes(StandardCharsets.UTF_8));
      give(ignore, group);
    }
    // The time tells whose it is: reading it at each start would cost more.
    FileTime wanted = Files.getLastModifiedTime(InstalledTorc.code());
    if (!OwnFile.stands(schema) || !Files.getLastModifiedTime(schema).equals(wanted)) {
      OwnFile.remove(schema); // only an owner may set a file's time
      try (InputStream in =
          FilesForOthers.class.getResourceAsStream("/dev/torc/torc.schema.json")) {
        OwnFile.write(schema, in.readAllBytes());
      }
      Files.setLastModifiedTime(schema, wanted);
      give(schema, group);
    }
  }

  private static void give(Path made, GroupAccess group) throws IOException {
    if (group != null) {
      group.give(made);
    }
  }
}
