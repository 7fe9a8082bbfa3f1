package dev.torc.show;

import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trace of a build in the Trace Event Format of Chrome, for chrome://tracing and Perfetto: lanes
 * with a name, and what lasted some time in each. What that was is the profile's.
 */
final class TraceFile {

  private static final double MICROSECOND = 1e3;

  private final long began;
  private final List<Map<String, Object>> spans = new ArrayList<>();

  /** Begins at a moment, in nanoseconds. */
  TraceFile(long began) {
    this.began = began;
  }

  /**
   * Adds what lasted some time; what is in the same lane never lasts at the same time.
   *
   * @param lane from 0
   * @param from nanoseconds
   * @param args what else is told of it
   */
  void add(String name, String kind, int lane, long from, long to, Map<String, Object> args) {
    Map<String, Object> span = event(name, "X", lane);
    span.put("cat", kind);
    span.put("ts", (from - began) / MICROSECOND);
    span.put("dur", (to - from) / MICROSECOND);
    if (!args.isEmpty()) {
      span.put("args", args);
    }
    spans.add(span);
  }

  /**
   * Writes it.
   *
   * @param file torc's own
   * @param lanes their names
   */
  void write(Path file, List<String> lanes) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(about("process_name", 0, "name", "torc"));
    for (int lane = 0; lane < lanes.size(); lane++) {
      all.add(about("thread_name", lane, "name", lanes.get(lane)));
      all.add(about("thread_sort_index", lane, "sort_index", lane));
    }
    all.addAll(spans);
    OwnFile.folder(file.getParent());
    OwnFile.remove(file); // another member's could not be written
    try (Writer out =
        new OutputStreamWriter(
            OwnFile.out(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
            StandardCharsets.UTF_8)) {
      Json.write(new TreeMap<>(Map.of("displayTimeUnit", "ms", "traceEvents", all)), out);
    }
  }

  private static Map<String, Object> about(String what, int lane, String key, Object value) {
    Map<String, Object> event = event(what, "M", lane);
    event.put("args", Map.of(key, value));
    return event;
  }

  /** All are of one process. */
  private static Map<String, Object> event(String name, String phase, int lane) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("name", name);
    event.put("ph", phase);
    event.put("pid", 1);
    event.put("tid", lane);
    return event;
  }
}
