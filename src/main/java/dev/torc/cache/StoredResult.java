package dev.torc.cache;

import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A good result that is kept though its job has another one now, or none. Whether the bytes of its
 * products are still to be had is known to the store and the disk.
 *
 * @param job the job that made it
 * @param result what the job's record was
 * @param details likewise; they say under which key it is known
 * @param data the values that it stored
 * @param log the digest of what it wrote, where that belongs to the result; else null
 * @param used when it was stored or restored last: milliseconds since 1970
 */
public record StoredResult(
    String job,
    JobResult result,
    RunDetails details,
    List<StoredValue> data,
    Digest log,
    long used) {

  /** The same with what the job wrote. */
  public StoredResult with(Digest text) {
    return new StoredResult(job, result, details, data, text, used);
  }

  /** The same, used at another time. */
  public StoredResult at(long time) {
    return new StoredResult(job, result, details, data, log, time);
  }

  /**
   * All that is to stand where it is restored: files and folders in the order of the products, then
   * the depfile, then links, which may lead to those.
   */
  public List<OwnedPath> parts() {
    return parts(job, result, details.restorable().odd());
  }

  static List<OwnedPath> parts(String job, JobResult result, List<OwnedPath> odd) {
    Map<String, OwnedPath> otherwise = new HashMap<>();
    odd.forEach(each -> otherwise.put(each.path(), each));
    List<OwnedPath> parts = new ArrayList<>(result.products().size() + odd.size());
    List<OwnedPath> links = new ArrayList<>(0);
    for (RecordedProduct made : result.products()) {
      OwnedPath part = otherwise.remove(made.path());
      if (part == null) {
        parts.add(new OwnedPath(made.path(), made.kind(), made.digest(), job, false));
      } else {
        links.add(part);
      }
    }
    for (OwnedPath rest : odd) {
      if (otherwise.containsKey(rest.path())) {
        (rest.kind() == Stamp.Kind.LINK ? links : parts).add(rest);
      }
    }
    parts.addAll(links);
    return parts;
  }

  /** What the job wrote, as a part without a path; only where it belongs to the result. */
  public OwnedPath logPart() {
    return logPart(job, log);
  }

  static OwnedPath logPart(String job, Digest log) {
    return new OwnedPath("", Stamp.Kind.FILE, log, job, false);
  }

  /** Where it comes from, for who restores it. */
  public Origin origin() {
    return details.origin() != null
        ? details.origin()
        : new Origin("", details.number(), "", details.started());
  }
}
