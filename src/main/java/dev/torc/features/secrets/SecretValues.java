package dev.torc.features.secrets;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.DotEnv;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The values of one job's secrets at the start of an attempt: those of the caller and those of
 * files of variables. They are kept only in memory.
 */
public final class SecretValues {

  /** The name of the slot of a secret, and the key of the slots of all secrets of a job. */
  public static final String KEY = "secret";

  /** The name of another slot in a secret that counts: {@code {counts.NAME}}, without text. */
  static final String COUNTS = "counts";

  /** Stands between the name of a secret and its file, in the member of its slot. */
  static final String OF = " of ";

  private final Map<String, String> caller;
  private final Path root;
  private final Map<String, String> known = new TreeMap<>(); // by the member of the slot
  private final List<String> lacking = new ArrayList<>(0);
  private final Map<String, Map<String, Entry>> files = new HashMap<>(0);

  SecretValues(Map<String, String> caller, Path root) {
    this.caller = caller;
    this.root = root;
  }

  /** Looks for the values of a job's secrets. */
  public SecretValues(Job job, Map<String, String> caller, Path root) {
    this(caller, root);
    job.extra(KEY).parts().forEach(this::look);
  }

  /** Returns what is known of the secrets of some jobs: those that have a value now. */
  public static Set<String> known(Graph graph, BitSet jobs, Map<String, String> caller) {
    SecretValues values = new SecretValues(caller, graph.workflow().root());
    Set<Template> seen = new HashSet<>();
    for (int job = jobs.nextSetBit(0); job >= 0; job = jobs.nextSetBit(job + 1)) {
      Template names = graph.job(job).extra(KEY);
      if (seen.add(names)) {
        names.parts().forEach(values::tryLook);
      }
    }
    return Set.copyOf(values.known.values());
  }

  private void tryLook(Template.Part part) {
    try {
      look(part);
    } catch (BadInput unreadable) {
      return; // an attempt reports it
    }
  }

  private void look(Template.Part part) {
    if (part instanceof Slot slot) {
      String value = find(slot.member());
      if (value == null && !known.containsKey(slot.member())) {
        lacking.add(slot.member());
      }
      known.put(slot.member(), value == null ? "" : value);
    }
  }

  /** Returns a value by the member of its slot; null if there is none. */
  String find(String member) {
    int of = member.indexOf(OF);
    if (of < 0) {
      return caller.get(member);
    }
    String file = member.substring(of + OF.length());
    Entry entry = files.computeIfAbsent(file, this::read).get(member.substring(0, of));
    return entry == null || !(entry.value() instanceof Node.Scalar text) ? null : text.text();
  }

  private Map<String, Entry> read(String file) {
    try {
      return DotEnv.read(SourceFile.bytes(root.resolve(file), file), file, new Problems());
    } catch (IOException e) {
      throw new BadInput(file + " cannot be read: " + Refusal.why(e));
    }
  }

  /** Returns why a secret has no value; null if all have one. */
  public String lack() {
    if (lacking.isEmpty()) {
      return null;
    }
    String first = lacking.getFirst();
    return first.contains(OF)
        ? "no secret " + first + "; add it there"
        : first + " is not set, and the job needs it as a secret; set it when you call torc";
  }

  /** Returns the variables of a step whose values have secrets in them. */
  Map<String, String> of(SortedMap<String, Optional<Template>> env) {
    Map<String, String> secrets = new TreeMap<>();
    env.forEach(
        (name, value) -> {
          if (value.isPresent() && value.get().slot(KEY) != null) {
            secrets.put(name, value.get().render(this::fill));
          }
        });
    return secrets;
  }

  private List<String> fill(Slot slot) {
    boolean secret = slot.name().equals(KEY);
    if (slot.name().equals(COUNTS)) {
      return List.of();
    }
    return List.of(secret ? known.get(slot.member()) : caller.getOrDefault(slot.member(), ""));
  }

  /** Returns the values by the names to show. */
  Map<String, String> all() {
    return known;
  }
}
