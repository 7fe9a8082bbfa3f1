package dev.torc.core.run;

import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ManifestHash;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A record of an earlier torc counts: it may have the shell of plain words, which is not in the
 * manifest today (section 2), and no key in the line of a feature.
 */
class EarlierManifestTest extends Harness {

  /** Makes the record what an earlier torc wrote, given what became of each line. */
  private void recordOfAnEarlierTorc(Function<ManifestEntry, List<ManifestEntry>> then) {
    try (Cache cache = openCache(place())) {
      JobResult last = cache.result("a");
      RunDetails run = cache.details("a");
      ManifestHash hash = new ManifestHash();
      List<ManifestEntry> lines = new ArrayList<>();
      for (ManifestEntry line : run.manifest()) {
        for (ManifestEntry each : then.apply(line)) {
          lines.add(each);
          hash.text(LineKind.of(each.code()), each.name(), each.now());
        }
      }
      JobResult result =
          new JobResult(
              last.outcome(),
              last.build(),
              hash.digest(),
              last.products(),
              last.needs(),
              last.wall(),
              last.traced());
      RunDetails details =
          new RunDetails(
              lines,
              run.reasons(),
              run.what(),
              run.ran(),
              run.restorable(),
              run.origin(),
              run.read());
      cache.put(new Batch().result("a", result, details));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"sh\", \"-e\", \"-c\"]                       | ''",
        "[\"bash\", \"-e\", \"-o\", \"pipefail\", \"-c\"] | ''",
        "[\"fish\", \"-c\"]                             | a"
      })
  void aRecordOfPlainWordsCountsAsTheSameWithAShellThatTheyRunWithout(String shell, String ran) {
    given("a: { command: make a, needs: [x], produces: [a.out] }");
    edit("x", "1");
    build();
    ran("a");
    recordOfAnEarlierTorc(
        line ->
            line.code() == LineKind.COMMAND.ordinal()
                ? List.of(line, new ManifestEntry(LineKind.SHELL.ordinal(), "", "", shell))
                : List.of(line));
    edit("x", "2");
    edit("x", "1");
    build();
    ran(ran.isEmpty() ? new String[0] : new String[] {ran});
    edit("x", "2");
    build();
    ran("a");
  }

  @Test
  void aLineOfAFeatureWithoutItsKeyCountsAsTheSame() {
    given("a: { command: make a, needs: [x], sandbox: true }");
    edit("x", "1");
    build();
    ran("a");
    recordOfAnEarlierTorc(
        line ->
            line.code() == LineKind.EXTRA.ordinal()
                ? List.of(new ManifestEntry(line.code(), "", "", line.now()))
                : List.of(line));
    edit("x", "2");
    edit("x", "1");
    build();
    ran();
    given("a: { command: make a, needs: [x] }");
    build();
    ran("a");
  }
}
