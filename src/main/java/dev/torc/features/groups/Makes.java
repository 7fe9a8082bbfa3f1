package dev.torc.features.groups;

import dev.torc.base.syntax.Glob;
import dev.torc.core.model.Job;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The products that a job declares: its files, and a pattern for each declared folder or glob;
 * {@code named} has those of each named item.
 */
record Makes(String job, List<String> files, List<Glob> patterns, Map<String, Makes> named) {

  static Makes of(Job job) {
    Map<String, Makes> named = new HashMap<>(0);
    for (Job.Item item : job.links().produces()) {
      if (item.name() != null) {
        named.put(item.name(), of(job, item.refs(), Map.of()));
      }
    }
    return of(job, job.productRefs(), named.isEmpty() ? Map.of() : named);
  }

  private static Makes of(Job job, List<Ref> refs, Map<String, Makes> named) {
    List<String> files = new ArrayList<>(1);
    List<Glob> patterns = new ArrayList<>(0);
    for (Ref ref : refs) {
      if (ref instanceof Ref.OfFile file) {
        files.add(file.path());
      } else {
        patterns.add(ProductIndex.inside(ref));
      }
    }
    return new Makes(job.name(), files, patterns, named);
  }

  boolean has(String path) {
    return files.contains(path) || matches(path);
  }

  /** Returns whether a path lies in a declared folder or matches a glob. */
  boolean matches(String path) {
    return patterns.stream().anyMatch(each -> each.matches(path));
  }
}
