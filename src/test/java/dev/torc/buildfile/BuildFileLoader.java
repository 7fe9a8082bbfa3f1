package dev.torc.buildfile;

import dev.torc.buildfile.ParsedBuildFile.ResultSource;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** Reads a build file in one call, as far as it can be known without results. */
public final class BuildFileLoader {

  private BuildFileLoader() {}

  /**
   * Reads and joins build files; groups that depend on results stay without instances.
   *
   * @param files at least one; later ones are laid over earlier ones, the first one's folder is the
   *     root
   * @param defines values for vars, over those of the files
   * @throws BadInput with all that is wrong
   * @throws IOException if a file is there but cannot be read
   */
  public static Workflow load(List<Path> files, SortedMap<String, String> defines)
      throws IOException {
    return ParsedBuildFile.read(files, null, new ParsedBuildFile.Overrides(defines, true, null))
        .expand(ResultSource.nothing());
  }
}
