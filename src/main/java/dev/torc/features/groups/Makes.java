package dev.torc.features.groups;

import dev.torc.base.syntax.Glob;
import dev.torc.core.model.Job;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import java.util.ArrayList;
import java.util.List;

/** The products that a job declares: its files, and a pattern for each declared folder or glob. */
record Makes(String job, List<String> files, List<Glob> patterns) {

  static Makes of(Job job) {
    List<String> files = new ArrayList<>(1);
    List<Glob> patterns = new ArrayList<>(0);
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        files.add(file.path());
      } else {
        patterns.add(ProductIndex.inside(ref));
      }
    }
    return new Makes(job.name(), files, patterns);
  }

  boolean has(String path) {
    return files.contains(path) || matches(path);
  }

  /** Returns whether a path lies in a declared folder or matches a glob. */
  boolean matches(String path) {
    return patterns.stream().anyMatch(each -> each.matches(path));
  }
}
