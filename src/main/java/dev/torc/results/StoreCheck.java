package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.records.CachePlace;
import dev.torc.records.OwnedPath;
import dev.torc.results.StoreContents.Held;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what the local store has of some results, each thing once, and compares it with what was
 * stored: bytes, kind, executable bit. It changes nothing, and knows nothing of what is to follow.
 */
public final class StoreCheck {

  /** What is wrong with a part of a result, in one word for programs. */
  public enum Fault {
    /** It is not what was stored. */
    WRONG,
    /** It is not there. */
    MISSING,
    /** Nobody knows: it cannot be read. */
    UNREADABLE
  }

  /**
   * What was found of a part.
   *
   * @param why why it cannot be read, empty for other faults
   */
  private record Finding(Fault fault, String why) {}

  /**
   * A part of a result that is not as it should be.
   *
   * @param path where it stood below the root; empty for what the job wrote
   * @param why why it cannot be read, empty for other faults
   */
  public record Faulty(String path, Fault fault, String why) {}

  private static final Finding GOOD = new Finding(null, "");

  private final CachePlace place;
  private final Map<String, Long> sizes;
  private final DigestMemo digests;
  private final Map<String, Finding> findings = new HashMap<>();
  private long bytes;

  /** Of a store as it was seen. */
  public StoreCheck(CachePlace place, StoreContents contents, StampSource stamps) {
    this.place = place;
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
    for (OwnedPath part : held.result().allParts()) {
      String name = LocalStore.name(part);
      if (sizes.containsKey(name)) {
        Finding found = findings.get(name);
        if (found == null) {
          found = look(part, name);
          findings.put(name, found);
        }
        if (found != GOOD) {
          faults.add(new Faulty(part.path(), found.fault, found.why));
        }
      } else if (whole && held.lacks().contains(part)) {
        faults.add(new Faulty(part.path(), Fault.MISSING, ""));
      }
    }
    return faults;
  }

  private Finding look(OwnedPath part, String name) {
    bytes += sizes.get(name);
    try {
      return isRight(part, name) ? GOOD : new Finding(Fault.WRONG, "");
    } catch (IOException e) {
      return new Finding(Fault.UNREADABLE, Refusal.why(e));
    }
  }

  private boolean isRight(OwnedPath part, String name) throws IOException {
    Stamp there = digests.counting().linkStamp(place.store().resolve(name));
    if (there.kind() != part.kind()) {
      return false;
    }
    Digest now =
        switch (part.kind()) {
          case FOLDER -> digests.folder(name, false).digest();
          case LINK ->
              Digest.ofText(Files.readSymbolicLink(place.store().resolve(name)).toString());
          default -> digests.of(name).product();
        };
    return part.digest().equals(now);
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
