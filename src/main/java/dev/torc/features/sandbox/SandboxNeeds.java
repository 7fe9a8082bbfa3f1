package dev.torc.features.sandbox;

import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which files a job finds in its folder: its needs, as the attempt read them, and its tools
 * below the root. Files of images are not among them, since torc itself reads those. {@link
 * SandboxFolder} decides whether a file is copied or linked.
 */
record SandboxNeeds(AttemptContext common, int id, SandboxFolder folder) {

  /** Puts everything that the job needs into its folder. */
  void put(NeedSnapshot snapshot) throws IOException {
    Graph graph = common.graph();
    Job job = graph.job(id);
    Path root = graph.workflow().root();
    Set<String> images = new HashSet<>(0);
    for (Step step : job.runs().steps()) {
      if (step.image() != null && step.image().file() != null) {
        images.add(step.image().file().path());
      }
    }
    for (int file : graph.needs().row(id)) {
      String path = graph.path(file);
      if (!images.contains(path) && snapshot.has(path)) {
        folder.put(root.resolve(path), null);
      }
    }
    List<Path> needed = new ArrayList<>();
    for (int list : graph.listNeeds().row(id)) {
      NeedList need = graph.list(list);
      if (need.kind() == NeedList.ListKind.FOLDER) {
        needed.add(root.resolve(need.text()).normalize());
        folder.folder(folder.of(needed.getLast()));
      }
    }
    for (List<ManifestEntry> members : snapshot.members().values()) {
      for (ManifestEntry member : members) {
        Path file = root.resolve(member.name()).normalize();
        if (LineKind.of(member.code()) != LineKind.NEED || member.name().startsWith("//")) {
          continue;
        }
        if (member.now().equals("folder")) {
          folder.folder(folder.of(file));
        } else {
          folder.put(file, needed.stream().filter(file::startsWith).findFirst().orElse(null));
        }
      }
    }
    for (Tool tool : ToolSearch.unmade(graph, job)) {
      String path = common.contents().path(job, tool);
      if (path != null && !snapshot.isLocked(job, tool) && root.resolve(path).startsWith(root)) {
        folder.put(root.resolve(path), null);
      }
    }
  }
}
