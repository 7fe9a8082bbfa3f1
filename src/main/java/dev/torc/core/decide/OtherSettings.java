package dev.torc.core.decide;

import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.BuildRecord.Said;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Finds products of jobs of this graph that a build with other {@code -D} or another {@code -f}
 * made, such as those of a release beside a debug build (rule 15): they are not stale until such a
 * build has made the job's products elsewhere.
 */
final class OtherSettings {

  private final Graph graph;
  private final Cache cache;
  private final Said now;
  private Map<Long, BuildRecord> builds; // by number; null until needed
  private final Map<String, Long> last = new HashMap<>(); // build by job and settings

  OtherSettings(Graph graph, Cache cache, Said now) {
    this.graph = graph;
    this.cache = cache;
    this.now = now;
  }

  /** Returns whether such a build made a product. */
  synchronized boolean made(OwnedPath owned) {
    if (graph.nodesOf(InstanceName.parse(owned.job()).group()) == null) {
      return false;
    }
    Said then = said(owned);
    return then != null && !then.isLike(now) && last.get(key(owned)) == owned.build();
  }

  /** Returns what the call said that made a product; null if that is unknown. */
  synchronized Said said(OwnedPath owned) {
    BuildRecord build = build(owned);
    return build == null ? null : build.said();
  }

  /**
   * Returns when the build began that made a product, in ns since 1970; the last time if unknown.
   */
  synchronized long began(OwnedPath owned) {
    BuildRecord build = build(owned);
    return build == null ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(build.started());
  }

  private BuildRecord build(OwnedPath owned) {
    if (owned.build() == 0) {
      return null;
    }
    if (builds == null) {
      builds = new HashMap<>();
      cache.builds(Integer.MAX_VALUE).forEach(each -> builds.put(each.id().number(), each));
      cache.eachOwned(each -> last.merge(key(each), each.build(), Math::max));
    }
    return builds.get(owned.build());
  }

  private String key(OwnedPath owned) {
    BuildRecord build = builds.get(owned.build());
    Said said = build == null ? null : build.said();
    return owned.job() + "\0" + (said == null ? "" : said.files() + "\0" + said.variables());
  }
}
