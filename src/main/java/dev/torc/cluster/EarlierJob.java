package dev.torc.cluster;

import dev.torc.cluster.BatchFolder.Word;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An attempt that a torc handed out and whose result nobody has recorded, as its folder tells: for
 * who only looks, and to know whom to ask. What became of it is for {@link BatchTracker}.
 *
 * @param settings by which it can be asked for and ended
 * @param id the scheduler's; null where that is not known
 */
public record EarlierJob(RemotePlace place, SchedulerSettings settings, String id) {

  /** The job's name. */
  public String job() {
    return place.key().job();
  }

  /** Where it is, for people: {@code slurm 1234_5}. */
  public String where() {
    return where(settings.name(), id);
  }

  /** Where a job is, for people; {@code id} is null where that is not known. */
  public static String where(String executor, String id) {
    return id == null ? executor : executor + " " + id;
  }

  /**
   * All that is out, of all executors; the later of two of one job comes later.
   *
   * @param folder with a folder for each executor; need not be there
   */
  public static List<EarlierJob> all(Path folder) throws IOException {
    List<EarlierJob> all = new ArrayList<>();
    for (BatchFolder executor : BatchFolder.all(folder)) {
      List<BatchRecord> records = new ArrayList<>();
      for (BatchFolder place : BatchFolder.all(executor.path())) {
        BatchRecord record = place.record();
        if (record != null) {
          records.add(record);
        }
      }
      records.sort((a, b) -> Long.compare(a.time(), b.time()));
      for (BatchRecord record : records) {
        of(record, all);
      }
    }
    return all;
  }

  private static void of(BatchRecord record, List<EarlierJob> all) throws IOException {
    Map<String, Set<Word>> words = null;
    List<String> ids = List.of();
    for (int element = 0; element < record.elements().size(); element++) {
      for (RemotePlace place : record.elements().get(element)) {
        if (words == null) {
          words = place.folder().words();
          ids = place.folder().ids();
        }
        Set<Word> there = words.getOrDefault(place.claim(), EnumSet.noneOf(Word.class));
        if (!place.folder().isDone(place.claim(), there)) {
          String id = element < ids.size() ? ids.get(element) : null;
          all.add(new EarlierJob(place, record.settings(), id));
        }
      }
    }
  }
}
