package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.FileValues;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives the values in files of which jobs need a part. If a job's record has the values for the
 * present digest of the file, they are taken from there; otherwise the file is parsed, once for
 * each digest. Whether the file exists is decided by {@link NeedContents}. Several threads may use
 * this class.
 */
final class KeyedNeeds {

  /** The values of a file with one digest, as far as they are known, by key. */
  private static final class Part {
    private final Digest digest;
    private final Map<String, Content> known = new HashMap<>();
    private FileValues parsed; // null until a key is not known otherwise

    private Part(Digest digest) {
      this.digest = digest;
    }
  }

  private final Graph graph;
  private final JobRecords records;
  private final Map<String, Part> parts = new ConcurrentHashMap<>();

  KeyedNeeds(Graph graph, JobRecords records) {
    this.graph = graph;
    this.records = records;
  }

  /** Returns the value of a key in a file with the given contents, which a job needs. */
  Content of(int job, String path, Content file, String key) {
    if (!(file instanceof Content.Known now)) {
      return file;
    }
    Part part =
        parts.compute(
            path,
            (_, old) ->
                old != null && old.digest.equals(now.digest()) ? old : new Part(now.digest()));
    synchronized (part) {
      if (part.parsed == null && !part.known.containsKey(key)) {
        addRecorded(job, path, part);
      }
      Content known = part.known.get(key);
      return known != null ? known : read(path, part, key);
    }
  }

  /** Adds the values that the job's last run read in the file, if its digest is the same. */
  private void addRecorded(int job, String path, Part part) {
    RunDetails last = records.details(graph.name(job));
    if (part.digest.hex().equals(LineKind.KEYED.value(last, path))) {
      LineKind.KEY
          .of(last)
          .filter(line -> line.name().startsWith(path + " "))
          .forEach(
              line ->
                  part.known.putIfAbsent(
                      line.name().substring(path.length() + 1), new Content.Value(line.now())));
    }
  }

  private Content read(String path, Part part, String key) {
    try {
      FileValues values = part.parsed;
      if (values == null) {
        Path file = graph.workflow().root().resolve(path);
        int maker = graph.makerOf(path);
        if (maker >= 0 && !Files.exists(file)) { // a temporary product that was removed
          return new Content.Value(ManifestWriter.LONG + part.digest.hex());
        }
        byte[] bytes =
            SourceFile.bytes(file, new Place(path, 0, 0), SourceFile.MAX_BYTES, "; need it whole");
        boolean same = Digest.ofBytes(bytes).equals(part.digest);
        if (!same && maker >= 0 && records.isForeseen(maker)) {
          return new Content.Pending(maker);
        }
        values = FileValues.of(bytes, path);
        part.parsed = same ? values : null; // it changes just now, or it may be executed
      }
      String value = values.at(key);
      return value == null ? new Content.Unreadable(values.missing(key)) : new Content.Value(value);
    } catch (BadInput e) {
      return new Content.Unreadable(e.diagnostics().getFirst().toString());
    } catch (IOException e) {
      return new Content.Unreadable(Refusal.why(e));
    }
  }
}
