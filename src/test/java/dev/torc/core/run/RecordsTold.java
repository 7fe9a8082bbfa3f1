package dev.torc.core.run;

import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMarks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the records of a project say, as lines of a story. */
final class RecordsTold {

  private RecordsTold() {}

  /** The paths that torc may remove, since it made what lies there. */
  static List<String> owned(CachePlace place) {
    List<String> paths = new ArrayList<>();
    try (Cache cache = Cache.look(place, _ -> {})) {
      cache.eachOwned(owned -> paths.add(owned.path()));
    }
    Collections.sort(paths);
    return paths.isEmpty() ? List.of("nothing") : paths;
  }

  /** The values that the last good run of a job left. */
  static List<String> stored(CachePlace place, String job) {
    try (Cache cache = Cache.look(place, _ -> {})) {
      List<String> values =
          cache.data(job).stream()
              .map(value -> value.key() + "=" + value.text().replace("\n", "\\n"))
              .toList();
      return values.isEmpty() ? List.of("nothing") : values;
    }
  }

  /** The attempts that began and have no record of their end. */
  static List<String> marks(CachePlace place) {
    try (Cache cache = Cache.look(place, _ -> {})) {
      List<String> marks =
          StartMarks.live(StartMarks.read(place), cache).stream()
              .map(mark -> mark.job() + " attempt " + mark.attempt())
              .toList();
      return marks.isEmpty() ? List.of("none") : marks;
    }
  }

  /** Build, sequence, job, attempt and text of all events that jobs posted. */
  static List<String> posted(CachePlace place) {
    List<String> all = new ArrayList<>();
    try (Cache cache = Cache.look(place, _ -> {})) {
      cache.eachEvent(
          0,
          0,
          e ->
              all.add(
                  "%d.%d %s#%d %s"
                      .formatted(e.build(), e.sequence(), e.job(), e.attempt(), e.text())));
    }
    return all;
  }
}
