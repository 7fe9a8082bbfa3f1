package dev.torc.features.sandbox;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads {@code sandbox} of a job: that it runs in a folder of its own, and how many folders above
 * the root that folder has to hold. {@code JobReader} reads the rest of the job.
 *
 * @param added the needs of {@code defaults}
 */
record SandboxReader(MapFields job, Path root, Node added) {

  /** A {@code sandbox} that is a map. */
  public static final List<String> KEYS = List.of("link");

  /**
   * Returns the job with what says that it runs in a folder of its own, if it does; {@code called}
   * says that a call asks for that.
   */
  Job read(boolean called, Job read) {
    Node node = job.map().get(Sandbox.KEY);
    boolean map = node instanceof Node.Mapping;
    boolean own = map || job.flag(Sandbox.KEY);
    if (!own && !called || job.map().get("fetch") != null) {
      return read;
    }
    String lack = lack(read.runs().steps());
    if (lack != null) {
      if (own) {
        job.problems().add(node.place(), lack);
      }
      return read;
    }
    MapFields fields = map ? job.inner(Sandbox.KEY).only(KEYS, Sandbox.KEY) : null;
    int needed = Math.max(up(job.map().get("needs")), up(added));
    int up = needed;
    for (Item item : read.links().produces()) {
      for (Ref ref : item.refs()) {
        if (ref.text().startsWith("/")) {
          up = Math.max(up, up(root.relativize(Path.of(ref.text())).toString()));
        }
      }
    }
    Sandbox sandbox = new Sandbox(map ? fields.amount("link", 0, Quantity::size) : 0, up, needed);
    return LinkedJob.with(read, Sandbox.KEY, sandbox.extra(own));
  }

  /** Returns why the job cannot run in a folder of its own; null if it can. */
  private String lack(List<Step> steps) {
    String lack = "a job with %s runs in the root; leave out one of them, or write sandbox: false";
    for (String key : List.of("persist", "trace")) {
      Node other = job.map().get(key);
      if (other instanceof Node.Scalar text && !text.text().equals("false")) {
        return lack.formatted(key);
      }
    }
    return steps.stream().anyMatch(step -> step.dir().startsWith("/"))
        ? lack.formatted("a dir outside")
        : null;
  }

  /** Returns how many folders above the root the needs name with {@code ..}. */
  private int up(Node needs) {
    if (needs instanceof Node.Mapping map) {
      return map.entries().values().stream().mapToInt(each -> up(each.value())).max().orElse(0);
    }
    int up = 0;
    for (Node each : needs == null ? List.<Node>of() : job.scope().items(needs)) {
      if (each instanceof Node.Scalar text && text.text().contains("..")) {
        try {
          up = Math.max(up, up(job.scope().path(text)));
        } catch (BadInput e) {
          return up; // reported where the needs are read
        }
      } else if (each instanceof Node.Mapping map) {
        up = Math.max(up, up(map));
      }
    }
    return up;
  }

  private static int up(String path) {
    int at = 0;
    int up = 0;
    for (String name : path.startsWith("/") ? new String[0] : path.split("/")) {
      at += name.equals("..") ? -1 : name.isEmpty() || name.equals(".") ? 0 : 1;
      up = Math.max(up, -at);
    }
    return up;
  }
}
