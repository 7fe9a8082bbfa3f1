package dev.torc.features.fetch;

import dev.torc.base.web.WebClient;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What the downloads of a build share: their connections, and which run now, so that a live report
 * can show how far they are.
 */
public final class Downloads {

  /** Those that run now, by job. */
  final Map<String, Download> running = new ConcurrentHashMap<>();

  private static final Duration CONNECT = Duration.ofSeconds(30);

  final Map<String, String> env;
  private boolean tidied; // guarded by this, like the next one
  private WebClient web;

  /** Prepares for the first download; {@code env} is the caller's environment. */
  public Downloads(Map<String, String> env) {
    this.env = env;
  }

  /** Returns how far a job's download is; empty if it has none. */
  public String progress(String job) {
    Download now = running.get(job);
    return now == null ? "" : now.progress();
  }

  synchronized WebClient web() {
    web = web == null ? new WebClient(env, CONNECT) : web;
    return web;
  }

  /** Removes what earlier builds left of files that no job fetches now, once in a build. */
  synchronized void tidy(CachePlace place, Graph graph) throws IOException {
    if (tidied) {
      return;
    }
    Set<String> names =
        graph.having(Fetch.KEY).stream()
            .mapToObj(graph::job)
            .flatMap(job -> job.productRefs().stream())
            .map(product -> FetchPlace.name(place, graph.workflow().root().resolve(product.text())))
            .collect(Collectors.toSet());
    FetchPlace.tidy(place, names);
    tidied = true;
  }
}
