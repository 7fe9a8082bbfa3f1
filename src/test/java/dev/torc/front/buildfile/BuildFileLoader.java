package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import dev.torc.features.groups.CalledJobs.Called;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Reads a build file in one call, as far as it can be known without results. */
public final class BuildFileLoader {

  private BuildFileLoader() {}

  /**
   * Reads and joins build files. Groups that depend on results have no instances.
   *
   * @param files at least one file; each is laid over the previous ones, and the folder of the
   *     first is the root
   * @param defines values for vars, over those of the files
   * @throws BadInput with all errors
   * @throws IOException if a file exists but cannot be read
   */
  public static Workflow load(List<Path> files, SortedMap<String, String> defines)
      throws IOException {
    return ParsedBuildFile.read(
            files,
            null,
            new ParsedBuildFile.Overrides(defines, true, null, Map.of(), Called.NONE, false, null))
        .expand(ResultSource.nothing());
  }
}
