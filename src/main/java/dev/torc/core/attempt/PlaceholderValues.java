package dev.torc.core.attempt;

import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.JsonText;
import dev.torc.core.decide.NeedFiles;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.core.queue.Granted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of an attempt's placeholders: paths relative to the folder that a step runs in, and
 * granted resources. The template quotes them.
 *
 * @param lists the job's lists of needs, as written
 * @param granted includes the memory that the job asks for, or else the machine's
 * @param tmp the attempt's own folder, which need not exist yet
 * @param moved where the job finds the files of the root; null if it runs in the root
 */
record PlaceholderValues(
    Path root,
    Job job,
    Map<String, Integer> lists,
    NeedFiles contents,
    Granted granted,
    Path tmp,
    JobRoot moved) {

  /** The longest value that may be put into a command, in characters. */
  private static final int MAX_DATA = 64 << 10;

  static PlaceholderValues of(
      Graph graph, int id, NeedFiles contents, Granted granted, CachePlace place) {
    Map<String, Integer> lists = new HashMap<>();
    for (int list : graph.listNeeds().row(id)) {
      NeedList need = graph.list(list);
      lists.put(need.written(), list);
    }
    Path root = graph.workflow().root();
    Path tmp = JobFiles.tmp(place, graph.name(id));
    return new PlaceholderValues(root, graph.job(id), lists, contents, granted, tmp, null);
  }

  /** Returns the values in the folder that stands for the root; null for the root itself. */
  PlaceholderValues in(JobRoot other) {
    return other == null
        ? this
        : new PlaceholderValues(other.of(root), job, lists, contents, granted, tmp, other);
  }

  /** Returns the values of a slot for a step that runs in {@code dir}, relative to the root. */
  List<String> of(Slot slot, String dir) {
    return switch (slot.name()) {
      case "cpus" -> List.of(Long.toString(granted.cpus()));
      case "memory" -> {
        if (granted.memoryMiB() < 0) {
          throw new BadInput(
              slot.place(),
              "`memory` of job %s has no value: the job asks for no memory, and its scheduler gives it"
                  .formatted(job.name()));
        }
        yield List.of(Long.toString(granted.memoryMiB()));
      }
      case "attempt" -> List.of(Integer.toString(granted.attempt()));
      case "tmp" -> relative(List.of(root.relativize(tmp).toString()), dir);
      case "needs" -> relative(choose(slot, job.links().needs(), true), dir);
      case "produces" -> relative(choose(slot, job.links().produces(), false), dir);
      case "here" -> relative(List.of(slot.member()), dir);
      case "data" -> List.of(data(slot));
      default -> throw new IllegalArgumentException("no value for {" + slot.name() + "}");
    };
  }

  private String data(Slot slot) {
    String stored = contents.data().get(slot.member());
    if (stored == null) {
      return slot.toString(); // the value is not known yet
    }
    String value = JsonText.plain(stored);
    if (value.length() > MAX_DATA || value.indexOf('\0') >= 0) {
      String what = value.indexOf('\0') >= 0 ? "holds a NUL character" : "is longer than 64 KiB";
      throw new BadInput(
          slot.place(), slot + " " + what + "; read it from the file that TORC_DATA names");
    }
    return value;
  }

  private List<String> choose(Slot slot, List<Item> items, boolean needs) {
    List<String> all = new ArrayList<>();
    int counted = 0;
    for (Item item : items) {
      boolean wanted = item.isWanted();
      boolean chosen =
          slot.member() != null
              ? slot.member().equals(item.name())
              : wanted && slot.index() == counted;
      if (chosen) {
        return paths(item, needs, false);
      } else if (wanted) {
        all.addAll(paths(item, needs, true));
        counted++;
      }
    }
    return all; // names and numbers were checked with the build file
  }

  /** Returns the paths of an item; with {@code filesOfFolders}, the files of a needed folder. */
  private List<String> paths(Item item, boolean needs, boolean filesOfFolders) {
    List<String> paths = new ArrayList<>();
    for (Ref ref : item.refs()) {
      if (ref instanceof Ref.OfFile file) {
        if (!needs || contents.has(file.path())) {
          paths.add(file.path());
        }
      } else if (ref instanceof Ref.OfFolder folder) {
        paths.addAll(needs && filesOfFolders ? members(ref) : List.of(folder.path()));
      } else if (ref instanceof Ref.OfGlob glob) {
        String pattern = glob.pattern();
        String own = needs ? null : Glob.ownText(pattern); // [slug].html is the file itself
        paths.addAll(needs ? members(ref) : List.of(own == null ? pattern : own));
      } else if (ref instanceof Ref.OfJob) {
        paths.addAll(members(ref));
      }
    }
    if (moved != null) { // those below the root have the same names there
      paths.replaceAll(path -> path.startsWith("/") ? moved.of(Path.of(path)).toString() : path);
    }
    return paths;
  }

  private List<String> members(Ref need) {
    return contents.files(lists.get(need.text()));
  }

  /** Returns all needed paths in the written order, relative to the root. */
  List<String> needs() {
    return job.links().needs().stream()
        .filter(item -> !item.isAdded())
        .flatMap(item -> paths(item, true, true).stream())
        .toList();
  }

  List<String> needs(Item item) {
    return paths(item, true, false);
  }

  /** Returns where a step with this {@code dir} really runs, so that {@code ..} is what it says. */
  static Path folder(Path root, String dir) {
    return dir.equals(".") ? root : Walk.real(root.resolve(dir));
  }

  private List<String> relative(List<String> paths, String dir) {
    if (dir.equals(".")) {
      return paths;
    }
    Path from = folder(root, dir);
    boolean below = from.startsWith(root);
    return paths.stream()
        .map(root::resolve)
        .map(path -> (below && path.startsWith(root) ? from.relativize(path) : path).toString())
        .map(path -> path.isEmpty() ? "." : path)
        .toList();
  }
}
