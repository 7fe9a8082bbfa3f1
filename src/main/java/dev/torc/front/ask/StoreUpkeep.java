package dev.torc.front.ask;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.core.model.Workflow.Stores.SharedEntry;
import dev.torc.features.stores.FolderBound;
import dev.torc.features.stores.LocalStore;
import dev.torc.features.stores.SigningKey;
import dev.torc.features.stores.StoreContents;
import dev.torc.features.stores.StoreContents.HeldResult;
import dev.torc.features.stores.StoreContents.StoreCheck;
import dev.torc.features.stores.StoreContents.StoreCheck.Fault;
import dev.torc.features.stores.StoreRefusal;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.session.Leftovers;
import dev.torc.front.show.AttemptText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code torc store} with an action: removes earlier results, checks them, or makes a signing key.
 * Removing and checking hold the build lock and first clean up after a killed torc; a dry run only
 * reads. An answer is null if another build is running and the command may not wait.
 */
record StoreUpkeep(Call call, ProjectFolder folder, boolean dry, LockTerms lock) {

  private static final String PRUNE = "--prune";
  private static final String CLEAR = "--clear";
  private static final String VERIFY = "--verify";
  private static final String KEY = "--make-key";

  /** Stands for the limit in the build file, or the default limit. */
  private static final long BOUND = -1;

  static List<Call.Given> actions(Call call) {
    return call.given(PRUNE, CLEAR, VERIFY, KEY);
  }

  static Answer of(Call call) throws IOException {
    List<Call.Given> actions = actions(call);
    String action = actions.getFirst().name();
    for (Call.Given other : actions) {
      if (!other.name().equals(action)) {
        throw Call.usage(action + " and " + other.name() + ": do one at a time");
      }
    }
    if (!call.targets().isEmpty()) {
      String first = SafeText.name(call.targets().getFirst());
      String next = "; `torc clean JOB` forgets the results of a job too";
      String what = action + " takes no JOB" + (action.equals(KEY) ? "" : next);
      throw Call.usage(action + " " + first + ": " + what);
    }
    String value = actions.getLast().value();
    boolean dry = call.has("--dry-run");
    if (action.equals(KEY)) {
      if (dry) {
        throw Call.usage("-n with --make-key: a key is made or not; leave one out");
      }
      return key(call.path(value));
    }
    long most = action.equals(PRUNE) && !value.isEmpty() ? size(value) : BOUND;
    LockTerms lock = call.lock();
    boolean bound = action.equals(PRUNE) && most == BOUND;
    StoreUpkeep upkeep = new StoreUpkeep(call, call.folder(bound).withoutResults(), dry, lock);
    boolean clear = action.equals(CLEAR);
    return upkeep.run(
        "torc store " + action,
        cache -> action.equals(VERIFY) ? upkeep.verify(cache) : upkeep.free(cache, clear, most));
  }

  private static long size(String text) {
    try {
      return Quantity.size(text);
    } catch (IllegalArgumentException e) {
      throw Call.usage(PRUNE + ": " + SafeText.line(e.getMessage()));
    }
  }

  /** Runs an action on the cache. Does not create torc's folder if it is missing. */
  private Answer run(String what, Io.Make<Cache, Answer> work) throws IOException {
    CachePlace place = folder.place();
    if (dry || !Files.isDirectory(place.folder())) {
      try (Cache cache = Cache.look(place, call::warn)) {
        return work.of(cache);
      }
    }
    try (BuildLock held = call.takeLock(place, RandomId.next(), what, lock)) {
      if (held == null) {
        return null;
      }
      try (Cache cache = Cache.open(place, call::warn)) {
        // This comes before results are removed: the result that an interrupted restore names shows
        // which files it placed.
        Leftovers.end(
            call.caller().env(), call.caller().stamps(place), cache, lock.gone(), call::warn);
        return work.of(cache);
      }
    }
  }

  /**
   * Returns whether a result is useless because some of its bytes are missing. A temporary job
   * needs only the record of its result. If the build file is refused, any job may be temporary, so
   * no result counts as useless.
   */
  private boolean isLost(HeldResult held) {
    if (held.lacks().isEmpty() || folder.project() == null) {
      return false;
    }
    Graph graph = folder.project().graph();
    int job = graph.jobId(held.result().job());
    return job < 0 || !graph.job(job).has(Trait.TEMPORARY);
  }

  /**
   * Removes useless results, bytes that belong to no result, and the least recently used results
   * until the rest is small enough.
   *
   * @param all whether to remove all results
   * @param most the largest size of the remaining results in bytes, or {@link #BOUND}
   */
  private Freed free(Cache cache, boolean all, long most) throws IOException {
    long keep =
        folder.project() == null
            ? Stores.UNSAID
            : folder.project().workflow().settings().stores().keep();
    LocalStore stored = new LocalStore(cache, keep, false);
    StoreContents before = StoreContents.of(cache);
    List<HeldResult> gone = new ArrayList<>(before.results());
    if (!all) {
      gone.removeIf(each -> !isLost(each));
      gone.addAll(before.without(gone).beyond(most == BOUND ? stored.bound() : most, Set.of()));
    }
    List<HeldResult> staying = before.without(gone).results();
    boolean nothing = before.results().isEmpty() && before.sizes().isEmpty();
    List<String> stuck = List.of();
    if (!dry && !nothing) {
      Set<Digest> keys = gone.stream().map(each -> each.result().key()).collect(Collectors.toSet());
      stored.forget(each -> keys.contains(each.key()));
      stuck = stored.sweep();
      stored.end();
      stuck.forEach(call::warn);
    }
    long stay = dry || nothing ? before.bytes(staying) : stored.size();
    List<FolderBound> shared = all || most != BOUND ? List.of() : folders();
    return new Freed(dry, gone.size(), before.bytes() - stay, staying.size(), stay, stuck, shared);
  }

  /** Prunes the shared folders to their limits. */
  private List<FolderBound> folders() throws IOException {
    List<FolderBound> held = new ArrayList<>();
    for (SharedEntry each : folder.project().workflow().settings().stores().shared()) {
      if (each.keep() == Stores.UNSAID) {
        continue;
      }
      Path path = folder.project().workflow().root().resolve(each.path());
      try {
        FolderBound bound = FolderBound.hold(path, each.group(), each.keep(), dry);
        bound.stuck().forEach(call::warn);
        held.add(bound);
      } catch (StoreRefusal | NoSuchFileException e) {
        String why = e instanceof NoSuchFileException ? "folder not found" : e.getMessage();
        call.warn("store " + SafeText.name(each.path()) + " is not pruned: " + why);
      }
    }
    return held;
  }

  /**
   * The answer of {@code --prune} and {@code --clear}.
   *
   * @param removed how many results were removed, or would be
   * @param freed how many bytes were freed, or would be, including those of no result
   * @param results how many results are left
   * @param bytes how many bytes are left
   * @param stuck one line for each thing that could not be removed
   * @param shared the folders that were pruned
   */
  private record Freed(
      boolean dryRun,
      int removed,
      long freed,
      int results,
      long bytes,
      List<String> stuck,
      List<FolderBound> shared)
      implements Answer {

    @Override
    public int exit() {
      boolean well = stuck.isEmpty() && shared.stream().allMatch(each -> each.stuck().isEmpty());
      return well ? Exit.DONE : Exit.TROUBLE;
    }

    @Override
    public List<String> messages() {
      List<String> lines = new ArrayList<>();
      lines.add(line(removed, freed, results, bytes));
      for (FolderBound each : shared) {
        String line = line(each.removed(), each.freed(), each.results(), each.bytes());
        lines.add(SafeText.name(each.path().toString()) + ": " + line);
      }
      return lines;
    }

    private String line(int removed, long freed, int results, long bytes) {
      boolean none = results == 0 && bytes == 0;
      String size = Amount.size(bytes);
      String held =
          results == 0 ? size + " of no result" : Amount.count(results, "result") + " with " + size;
      if (removed == 0 && freed == 0) {
        String stays = "nothing to free: " + held + (results < 2 ? " stays" : " stay");
        return none ? "nothing is stored" : stays;
      }
      String gone = removed == 0 ? "no result" : Amount.count(removed, "result");
      String left = (none ? "nothing" : held) + (results < 2 ? " is" : " are");
      return dryRun
          ? "would free %s of %s; %s would be left"
              .formatted(Amount.size(freed), gone, none ? "nothing" : held)
          : "freed %s of %s; %s left".formatted(Amount.size(freed), gone, left);
    }
  }

  /**
   * Reads everything in the local store and compares it with what was stored. Results with a wrong
   * or missing part are removed. A result that cannot be read is kept, because other users may be
   * able to read it.
   */
  private Verified verify(Cache cache) throws IOException {
    StoreContents contents = StoreContents.of(cache);
    StoreCheck check =
        new StoreCheck(cache.place(), contents, call.caller().stamps(folder.place()));
    List<StoreCheck.Faulty> faults = new ArrayList<>();
    Set<Digest> gone = new HashSet<>();
    for (HeldResult each : contents.results()) {
      List<StoreCheck.Faulty> found = check.faults(each, isLost(each));
      faults.addAll(found);
      if (found.stream().anyMatch(fault -> fault.fault() != Fault.UNREADABLE)) {
        gone.add(each.result().key());
      }
    }
    if (!dry && !gone.isEmpty()) {
      LocalStore stored = new LocalStore(cache, Stores.UNSAID, false);
      stored.forget(each -> gone.contains(each.key()));
      stored.end();
    }
    return new Verified(dry, check.checked(), check.bytes(), faults, gone.size());
  }

  private static String text(StoreCheck.Faulty faulty, Palette palette) {
    String words =
        switch (faulty.fault()) {
          case WRONG -> "is not what was stored";
          case MISSING -> "is missing";
          case UNREADABLE -> "cannot be read";
        };
    String what = faulty.path().isEmpty() ? "what it wrote" : SafeText.name(faulty.path());
    String made =
        SafeText.name(faulty.job()) + ": " + what + " of " + AttemptText.origin(faulty.from());
    String why = faulty.why().isEmpty() ? "" : ": " + SafeText.line(faulty.why());
    return made + " " + palette.red(words) + why + "\n";
  }

  /**
   * The answer of {@code --verify}.
   *
   * @param checked how many parts of results were read
   * @param bytes the size of these parts
   * @param removed how many results were removed, or would be
   */
  private record Verified(
      boolean dryRun, int checked, long bytes, List<StoreCheck.Faulty> faults, int removed)
      implements Answer {

    private int count(Fault fault) {
      return (int) faults.stream().filter(each -> each.fault() == fault).count();
    }

    /**
     * Returns the status of the worst finding. Missing parts do not count: users may remove
     * products.
     */
    @Override
    public int exit() {
      int unread = count(Fault.UNREADABLE) > 0 ? Exit.TROUBLE : Exit.DONE;
      return count(Fault.WRONG) > 0 ? Exit.FAILED : unread;
    }

    @Override
    public String text(Palette palette) {
      return faults.stream()
          .map(each -> StoreUpkeep.text(each, palette))
          .collect(Collectors.joining());
    }

    @Override
    public List<String> messages() {
      String all = "checked " + Amount.count(checked, "product") + ", " + Amount.size(bytes);
      if (faults.isEmpty()) {
        return List.of(all + ": all is well");
      }
      int open = count(Fault.UNREADABLE);
      String unread = open > 0 ? ", " + open + " not read" : "";
      String bad = count(Fault.WRONG) + " wrong, " + count(Fault.MISSING) + " missing" + unread;
      String gone = dryRun ? " would be taken out" : " taken out";
      return List.of(all + ": " + bad + "; " + Amount.count(removed, "result") + gone);
    }
  }

  /**
   * Makes a key that signs results for shared stores, in a new file. It needs no project.
   *
   * @throws BadInput if the path is wrong: something exists there, or its folder is missing
   * @throws IOException if it cannot be written
   */
  private static Answer key(Path file) throws IOException {
    boolean meant =
        !Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(file.getParent());
    try {
      return new Key(SigningKey.make(file).toString());
    } catch (StoreRefusal refused) {
      if (meant) {
        throw new IOException(refused.getMessage(), refused);
      }
      throw new BadInput(refused.getMessage());
    }
  }

  /**
   * The answer of {@code --make-key}: only the public key for {@code trust}, so that a script can
   * use the output.
   */
  private record Key(String word) implements Answer {

    @Override
    public String text(Palette palette) {
      return word + "\n";
    }
  }
}
