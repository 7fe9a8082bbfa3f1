package dev.torc.results;

import dev.torc.hash.DigestMemo;
import dev.torc.hash.StampSource;
import dev.torc.records.CachePlace;
import dev.torc.records.JobResult.Origin;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.results.StoreContents.Held;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads some results in the local store, each blob once, and compares it with what was stored:
 * bytes, kind, executable bit. It changes nothing.
 */
public final class StoreCheck {

  /** What is wrong with a part of a result, in one word for programs. */
  public enum Fault {
    /** It is not what was stored. */
    WRONG,
    /** It is not there. */
    MISSING,
    /** Unknown: it cannot be read. */
    UNREADABLE
  }

  /**
   * A part of a result that is not as it should be.
   *
   * @param from where its result comes from
   * @param path where it stood below the root; empty for what the job wrote
   * @param why why it cannot be read, empty for other faults
   */
  public record Faulty(String job, Origin from, String path, Fault fault, String why) {}

  /** What is wrong with a thing that is there; without a fault nothing is. */
  private record Finding(Fault fault, String why) {}

  private final Map<String, Long> sizes;
  private final DigestMemo digests;
  private final Map<String, Finding> findings = new HashMap<>();
  private long bytes;

  /** Of a store as it was seen. */
  public StoreCheck(CachePlace place, StoreContents contents, StampSource stamps) {
    this.sizes = contents.sizes();
    this.digests = DigestMemo.looking(place.store(), stamps, _ -> null);
  }

  /**
   * Reads what there is of a result.
   *
   * @param whole whether what is neither in the store nor where it stood is a fault
   */
  public List<Faulty> faults(Held held, boolean whole) {
    List<Faulty> faults = new ArrayList<>(0);
    Result of = held.result();
    for (OwnedPath part : of.allParts()) {
      String name = LocalStore.name(part);
      if (sizes.containsKey(name)) {
        Finding found = findings.computeIfAbsent(name, _ -> look(part, name));
        if (found.fault != null) {
          faults.add(new Faulty(of.job(), of.origin(), part.path(), found.fault, found.why));
        }
      } else if (whole && held.lacks().contains(part)) {
        faults.add(new Faulty(of.job(), of.origin(), part.path(), Fault.MISSING, ""));
      }
    }
    return faults;
  }

  /** What is wrong with what has a name; without a fault where that is nothing. */
  private Finding look(OwnedPath part, String name) {
    bytes += sizes.get(name);
    try {
      return new Finding(
          part.digest().equals(digests.standing(name, part.kind())) ? null : Fault.WRONG, "");
    } catch (IOException e) {
      return new Finding(Fault.UNREADABLE, Refusal.why(e));
    }
  }

  /** How many things were read. */
  public int checked() {
    return findings.size();
  }

  /** Their bytes. */
  public long bytes() {
    return bytes;
  }
}
