package dev.torc.features.remarks;

import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.model.Job.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds tools that are scripts outside the root, such as the shims of pyenv and conda: the program
 * that the script runs may change while the script stays the same.
 */
final class ScriptTools implements Remark {

  private final Set<String> seen = new HashSet<>();

  @Override
  public Due due() {
    return Due.CHECK;
  }

  @Override
  public void of(RemarkedJob of) throws IOException {
    for (Tool tool : ToolSearch.unmade(of.graph(), of.job())) {
      String path =
          of.contents().isLocked(of.job(), tool) ? null : of.contents().path(of.job(), tool);
      if (path != null && path.startsWith("/") && seen.add(path) && isScript(Path.of(path))) {
        String line =
            "tool %s of job %s is the script %s: the program behind it does not count; name that"
                + " one by its path";
        of.say(path, tool.place(), line.formatted(tool.name(), of.job().name(), path));
      }
    }
  }

  private static boolean isScript(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '#' && in.read() == '!';
    } catch (AccessDeniedException e) {
      return false; // executable but not readable: reported elsewhere
    }
  }
}
