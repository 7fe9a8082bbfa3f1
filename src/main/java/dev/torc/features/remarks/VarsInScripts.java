package dev.torc.features.remarks;

import dev.torc.base.posix.Io;
import dev.torc.core.model.Graph;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds needed scripts that name a file of {@code vars} which their job does not need: what a
 * script reads there itself goes unseen. Only {@code torc check} reads scripts for that.
 */
final class VarsInScripts {

  private static final Pattern SCRIPT =
      Pattern.compile(".*\\.(py|R|r|Rmd|qmd|jl|sh|bash|pl|rb|lua|m|js|ts|ipynb|awk)");

  private static final int MAX_BYTES = 1 << 20;

  private final Graph graph;
  private final Map<String, Pattern> names = new HashMap<>(); // by the path of the file of vars
  private final Map<String, String> texts = new HashMap<>();

  VarsInScripts(Graph graph) {
    this.graph = graph;
    Path root = graph.workflow().root();
    for (Path file : graph.workflow().settings().sources().ofVars()) {
      String name = Pattern.quote(file.getFileName().toString());
      names.put(
          (file.startsWith(root) ? root.relativize(file) : file).toString(),
          Pattern.compile("(?<![\\w.-])" + name + "(?![\\w.-])"));
    }
  }

  /** Returns the rest of a warning about a job; null if there is nothing to say. */
  String line(int job) {
    for (Map.Entry<String, Pattern> vars : names.entrySet()) {
      if (graph.job(job).finds() || graph.isNeeded(job, vars.getKey())) {
        continue;
      }
      for (int file : graph.needs().row(job)) {
        String path = graph.path(file);
        if (SCRIPT.matcher(path).matches()
            && vars.getValue().matcher(texts.computeIfAbsent(path, this::text)).find()) {
          return " needs %s, which names %s, a file of vars; what it reads there itself goes unseen; add {file: %2$s, keys: [KEY]} to needs"
              .formatted(path, vars.getKey());
        }
      }
    }
    return null;
  }

  private String text(String path) {
    Path file = graph.workflow().root().resolve(path);
    return Io.or(
        () ->
            Files.size(file) > MAX_BYTES
                ? ""
                : new String(Files.readAllBytes(file), StandardCharsets.UTF_8),
        "");
  }
}
