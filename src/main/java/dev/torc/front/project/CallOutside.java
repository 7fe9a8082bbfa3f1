package dev.torc.front.project;

import dev.torc.core.decide.StaleFiles;
import dev.torc.core.memory.BuildRecord.Said;
import dev.torc.core.model.Graph;
import dev.torc.features.past.TrackedFiles;
import dev.torc.features.reading.BuildFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Tells about files that torc made and no job declares what a call knows: its build files, what the
 * last build found, and git.
 *
 * @param known the undeclared paths that the last build found with graph {@code of}; may be null
 */
record CallOutside(Path root, Map<String, String> env, Said said, Graph of, List<String> known)
    implements StaleFiles.Outside {

  @Override
  public boolean isOther(Said then) {
    return !said.files().containsAll(then.files())
        && then.files().stream()
            .allMatch(file -> file.equals(BuildFile.INPUT) || Files.exists(root.resolve(file)));
  }

  @Override
  public List<String> undeclared(Graph graph) {
    return graph == of ? known : null;
  }

  @Override
  public Collection<String> tracked(Collection<String> paths) {
    return new TrackedFiles(root, env).of(paths);
  }
}
