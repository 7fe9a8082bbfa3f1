package dev.torc.features.sandbox;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads {@code sandbox} of a job: that it runs in a folder of its own, and how many folders above
 * the root that folder has to hold. {@code JobReader} reads the rest of the job.
 *
 * @param called whether the command line asks for it
 * @param added the needs of {@code defaults}
 */
public record SandboxReader(MapFields job, boolean called, Path root, Node added) {

  /** Adds to the conditions of the job that it runs in a folder of its own, if it does. */
  public SortedMap<String, Template> with(
      SortedMap<String, Template> conditions, List<Item> produces, List<Step> steps) {
    Node node = job.map().get(Job.SANDBOX);
    boolean map = node instanceof Node.Mapping;
    boolean own = map || job.flag(Job.SANDBOX);
    if (!own && !called) {
      return conditions;
    }
    String lack = lack(steps);
    if (lack != null) {
      if (own) {
        job.problems().add(node.place(), lack);
      }
      return conditions;
    }
    MapFields fields = map ? job.inner(Job.SANDBOX).only(KnownKeys.SANDBOX, Job.SANDBOX) : null;
    int needed = Math.max(up(job.map().get("needs")), up(added));
    int up = needed;
    for (Item item : produces) {
      for (Ref ref : item.refs()) {
        if (ref.text().startsWith("/")) {
          up = Math.max(up, up(root.relativize(Path.of(ref.text())).toString()));
        }
      }
    }
    Sandbox sandbox = new Sandbox(map ? fields.amount("link", 0, Quantity::size) : 0, up, needed);
    SortedMap<String, Template> all = new TreeMap<>(conditions);
    all.put(own ? Job.SANDBOX : Job.CALLED_SANDBOX, sandbox.text());
    return all;
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
