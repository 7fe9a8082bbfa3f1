package dev.torc.plan;

import dev.torc.buildfile.Found;
import dev.torc.cache.Made;
import dev.torc.cache.Result;
import dev.torc.hash.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the settled jobs of a scene made, for whoever expands groups. */
final class Results implements Found {

  private final Scene scene;

  Results(Scene scene) {
    this.scene = scene;
  }

  @Override
  public Optional<List<String>> products(String name) {
    int[] nodes = scene.graph().named(name);
    if (nodes == null) {
      return Optional.empty();
    }
    List<String> paths = new ArrayList<>();
    for (int node : nodes) {
      Result result = scene.records().isSettled(node) ? scene.records().result(node) : null;
      if (result == null) {
        return Optional.empty();
      }
      for (Made made : result.products()) {
        add(made, paths);
      }
    }
    return Optional.of(paths);
  }

  private void add(Made made, List<String> paths) {
    if (made.kind() != Stamp.Kind.FOLDER) {
      paths.add(made.path());
      return;
    }
    try {
      paths.addAll(scene.contents().inside(made.path()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean isRecorded(String path) {
    return scene.contents().recorded(path) != null;
  }
}
