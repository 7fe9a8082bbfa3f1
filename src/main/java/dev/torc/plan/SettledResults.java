package dev.torc.plan;

import dev.torc.buildfile.ResultSource;
import dev.torc.hash.Stamp;
import dev.torc.records.JobResult;
import dev.torc.records.RecordedProduct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers from the settled jobs of a context what groups ask when they are expanded. */
record SettledResults(PlanContext context) implements ResultSource {

  @Override
  public Optional<List<String>> products(String name) {
    int[] nodes = context.graph().named(name);
    if (nodes == null) {
      return Optional.empty();
    }
    List<String> paths = new ArrayList<>();
    for (int node : nodes) {
      JobResult result =
          context.records().isSettled(node) && !context.records().isForeseen(node)
              ? context.records().result(node)
              : null;
      if (result == null) {
        return Optional.empty();
      }
      for (RecordedProduct made : result.products()) {
        add(made, paths);
      }
    }
    return Optional.of(paths);
  }

  private void add(RecordedProduct made, List<String> paths) {
    if (made.kind() != Stamp.Kind.FOLDER) {
      paths.add(made.path());
      return;
    }
    try {
      paths.addAll(context.contents().inside(made.path()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean isRecorded(String path) {
    return context.contents().recorded(path) != null;
  }
}
