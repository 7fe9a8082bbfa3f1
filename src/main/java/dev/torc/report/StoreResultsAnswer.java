package dev.torc.report;

import dev.torc.cache.Origin;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code torc store} says of jobs: their earlier results, those used last first.
 *
 * @param asked what was asked for, as on the command line
 */
public record StoreResultsAnswer(String asked, List<Result> results) implements Answer {

  private static final List<String> TITLES =
      List.of("job", "made", "by", "size", "files", "used", "bytes");

  /** Where the bytes of a result are. */
  public enum State {
    /** All of them are in the store. */
    STORED("in the store"),
    /** Some are not, and stand where they stood: it was restored, or made again. */
    IN_PLACE("in their place"),
    /** Some are nowhere any more. */
    GONE("gone");

    private final String words;

    State(String words) {
      this.words = words;
    }
  }

  /**
   * A result.
   *
   * @param from the build that made it
   * @param bytes of its products, wherever they are
   * @param files how many they are
   * @param used when it was stored or restored last: milliseconds since 1970
   */
  public record Result(String job, Origin from, long bytes, int files, long used, State state) {}

  @Override
  public String text(Palette palette) {
    if (results.isEmpty()) {
      return "no result of " + SafeText.name(asked) + " is stored\n";
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    for (Result each : results) {
      rows.add(
          List.of(
              SafeText.name(each.job),
              TimeText.local(each.from.time()),
              OriginText.of(each.from),
              Amount.size(each.bytes),
              Integer.toString(each.files),
              TimeText.local(each.used),
              each.state.words));
    }
    String table = TextTable.of(rows);
    int titles = table.indexOf('\n');
    return palette.dim(table.substring(0, titles)) + table.substring(titles);
  }

  @Override
  public void json(JsonWriter out) {
    out.objects(
        "results",
        results,
        each -> {
          out.text("job", each.job);
          OriginText.json(out, each.from);
          out.number("bytes", each.bytes)
              .number("files", each.files)
              .text("last_used", TimeText.iso(each.used))
              .text("state", JsonWriter.lower(each.state));
        });
  }
}
