package dev.torc.front.project;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.memory.CachePlace;
import dev.torc.features.reading.BuildFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * Where a project is, even if its build file is refused: some requests can then still use the
 * records (rule 13). Either the project or the refusal is null.
 */
public record ProjectFolder(CachePlace place, Project project, BadInput refused) {

  /** Finds the project and reads its build file; throws {@link BadInput} if there is none. */
  public static ProjectFolder find(Caller caller, ProjectOptions options) throws IOException {
    try {
      Project project = Project.load(caller, options);
      return new ProjectFolder(project.place(), project, null);
    } catch (BadInput refused) {
      List<Path> named = options.files();
      List<Path> files = named.isEmpty() ? nearest(caller, options) : named;
      // An invalid command line or a missing build file remains an error.
      boolean placed =
          refused.diagnostics().stream().anyMatch(said -> !said.place().toString().isEmpty());
      if (files.isEmpty() || !placed || !named.stream().allMatch(Files::exists)) {
        throw refused;
      }
      return new ProjectFolder(caller.place(BuildFile.root(files.getFirst())), null, refused);
    }
  }

  /** Returns the build file of the project; empty if there is none. */
  private static List<Path> nearest(Caller caller, ProjectOptions options) throws IOException {
    List<Path> found = BuildFile.nearest(caller.cwd());
    Path whole = found.size() == 1 ? Wholes.file(caller, options) : null;
    return whole == null ? found : List.of(whole);
  }

  /** Returns the root of the project, also if its build file is refused. */
  public static Path root(Caller caller, ProjectOptions options) throws IOException {
    Path whole = Wholes.file(caller, options);
    return BuildFile.root(whole == null ? options.layers(caller).getFirst() : whole);
  }

  /** Returns whether a project is not that of the nearest build file, which is a part of it. */
  public static boolean isPart(Caller caller, ProjectOptions options, CachePlace project) {
    return !options.named().alone()
        && options.files().isEmpty()
        && !project.root().equals(BuildFile.nearest(caller.cwd()).getFirst().getParent());
  }

  public static Path buildFile(Path folder) {
    return BuildFile.in(folder).stream().findFirst().orElse(null);
  }

  /** Leaves groups unexpanded if results decided their instances; see {@link Project#load}. */
  public ProjectFolder withoutResults() throws IOException {
    return project == null ? this : new ProjectFolder(place, project.withoutResults(), null);
  }

  /**
   * Writes the files in {@code .torc} that other programs read: the schema of the build file, for
   * editors, at a path that is the same on every machine, and the line that makes git ignore the
   * folder.
   */
  public static final class FilesForOthers {

    private static final String SCHEMA = ".torc/schema.json";

    /** Makes backup programs skip the folder, see bford.info/cachedir. */
    private static final String TAG = "Signature: 8a477f597d28d172789f06886806bc55\n";

    private FilesForOthers() {}

    /** Writes the files that are missing, and the schema if another torc wrote it. */
    public static void write(Path root, GroupAccess group) throws IOException {
      Path schema = root.resolve(SCHEMA);
      OwnFile.folder(schema.getParent());
      group.give(schema.getParent());
      writeOnce(schema.resolveSibling(".gitignore"), "*\n", group);
      // The file's time shows which torc wrote it: comparing the contents would take longer.
      FileTime wanted = Files.getLastModifiedTime(InstalledTorc.code());
      if (!OwnFile.exists(schema) || !Files.getLastModifiedTime(schema).equals(wanted)) {
        writeOnce(schema.resolveSibling("CACHEDIR.TAG"), TAG, group);
        OwnFile.remove(schema); // only an owner may set a file's time
        try (InputStream in = InstalledTorc.open("torc.schema.json")) {
          OwnFile.write(schema, in.readAllBytes());
        }
        Files.setLastModifiedTime(schema, wanted);
        group.give(schema);
      }
    }

    private static void writeOnce(Path file, String text, GroupAccess group) throws IOException {
      if (!OwnFile.exists(file)) {
        OwnFile.write(file, text.getBytes(StandardCharsets.UTF_8));
        group.give(file);
      }
    }
  }
}
