package dev.torc.features.fetch;

import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The downloads of a build that run now, so that a live report can show how far they are. */
public final class Downloads {

  private final Map<String, FetchPart> running = new ConcurrentHashMap<>();
  private boolean tidied; // guarded by this

  /** Returns how far a job's download is; empty if it has none. */
  public String progress(String job) {
    FetchPart part = running.get(job);
    return part == null ? "" : part.progress();
  }

  /**
   * Notes a download. The first of a build removes what earlier ones left of files that no job
   * fetches now.
   */
  synchronized void begin(String job, FetchPart part, CachePlace place, Graph graph)
      throws IOException {
    running.put(job, part);
    if (tidied) {
      return;
    }
    tidied = true;
    Set<String> names = new HashSet<>();
    for (int id : graph.having(Job.FETCH).stream().toArray()) {
      for (FetchedFile file : Fetch.of(graph.job(id)).sources()) {
        names.add(FetchPlace.name(graph.workflow().root().resolve(file.path())));
      }
    }
    FetchPlace.tidy(place, names);
  }

  void end(String job) {
    running.remove(job);
  }
}
