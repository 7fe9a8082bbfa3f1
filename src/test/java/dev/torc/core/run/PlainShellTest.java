package dev.torc.core.run;

import dev.torc.core.decide.LineKind;
import dev.torc.core.decide.ManifestHash;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 2: the shell of plain words is not in the manifest, and a record may have it. */
class PlainShellTest extends Harness {

  /** Makes the record what an earlier torc wrote, which counted the shell. */
  private void recordOfAnEarlierTorc(String shell) {
    try (Cache cache = openCache(place())) {
      JobResult last = cache.result("a");
      RunDetails run = cache.details("a");
      ManifestHash hash = new ManifestHash();
      List<ManifestEntry> lines = new ArrayList<>();
      for (ManifestEntry line : run.manifest()) {
        lines.add(line);
        hash.text(LineKind.of(line.code()), line.name(), line.now());
        if (line.code() == LineKind.COMMAND.ordinal()) {
          lines.add(new ManifestEntry(LineKind.SHELL.ordinal(), "", "", shell));
          hash.text(LineKind.SHELL, "", shell);
        }
      }
      JobResult then =
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
      cache.put(new Batch().result("a", then, details));
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
    recordOfAnEarlierTorc(shell);
    edit("x", "2");
    edit("x", "1");
    build();
    ran(ran.isEmpty() ? new String[0] : new String[] {ran});
    edit("x", "2");
    build();
    ran("a");
  }
}
