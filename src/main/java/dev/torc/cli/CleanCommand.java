package dev.torc.cli;

import dev.torc.cache.BuildLock;
import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.engine.Cleaner;
import dev.torc.engine.ProductRemoval;
import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.AllowedRoots;
import dev.torc.plan.JobRecords;
import dev.torc.plan.JobSelection;
import dev.torc.plan.StaleProducts;
import dev.torc.posix.RandomId;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import dev.torc.session.ReadSession;
import dev.torc.session.WriteSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code torc clean}: says what is to go; {@link Cleaner} takes it away. Without targets it works
 * from the records even where the build file is refused (rule 13).
 */
final class CleanCommand extends Command {

  private final List<String> targets = new ArrayList<>();

  private boolean dry;
  private boolean force;
  private boolean stale;
  private boolean kept;
  private boolean all;

  /** What was removed and what stays, told as it happens or, as JSON, at the end. */
  private final class Account implements Cleaner.Listener {
    private final Console console;
    private final List<String> removed = new ArrayList<>();
    private final Map<String, String> staying = new LinkedHashMap<>();

    Account(Console console) {
      this.console = console;
    }

    @Override
    public void removed(String path) {
      removed.add(path);
      if (!common.json()) {
        try {
          console.print((dry ? "would remove " : "removed ") + SafeText.name(path) + "\n");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    public void kept(String path, String why) {
      staying.put(path, why);
      console.warn("kept " + SafeText.name(path) + ": " + SafeText.line(why));
    }

    void end() throws IOException {
      if (common.json()) {
        JsonPrinter.print(
            console,
            out -> {
              out.writeBooleanField("dry_run", dry);
              JsonPrinter.texts(out, "removed", removed);
              out.writeArrayFieldStart("kept");
              for (var entry : staying.entrySet()) {
                out.writeStartObject();
                out.writeStringField("path", entry.getKey());
                out.writeStringField("why", entry.getValue());
                out.writeEndObject();
              }
              out.writeEndArray();
            });
      } else if (removed.isEmpty() && staying.isEmpty()) {
        console.tell("nothing to remove");
      }
    }
  }

  @Override
  String description() {
    return "remove products that torc made";
  }

  @Override
  void declare(Options options) {
    options.words(
        "TARGET",
        "job or tag, for all its products, or a produced file; all without one",
        0,
        targets::add);
    options.flag("-n --dry-run", "only say what would be removed", () -> dry = true);
    options.flag(
        "--force", "also remove products that were altered or adopted", () -> force = true);
    options.flag(
        "--stale",
        "only products that no job declares any more and none needs",
        () -> stale = true);
    options.flag("--kept", "what builds set aside in .torc/kept", () -> kept = true);
    options.flag("--all", "all products and .torc too, but for .torc/kept", () -> all = true);
  }

  @Override
  int run(Console console) throws IOException {
    if (kept && !targets.isEmpty()) {
      throw CommonOptions.usage("--kept takes no TARGET: what was set aside goes as a whole");
    }
    if (all && (stale || !targets.isEmpty())) {
      throw CommonOptions.usage("--all takes neither --stale nor a TARGET");
    }
    ProjectFolder site = site(console, stale || !targets.isEmpty()).withoutResults();
    if (site.project() != null) {
      Wanted.of(site.project(), targets); // what is wrong with them is said before anything is done
    }
    Account account = new Account(console);
    boolean well;
    if (dry) {
      try (Cache cache = Cache.look(site.place(), console::warn)) {
        well = clean(site, cache, account);
      }
      if (all) {
        cleaner(site, null, account).memory(site.place(), kept);
      }
    } else if (Files.isDirectory(site.place().folder())) {
      String build = RandomId.next();
      try (BuildLock _ =
          WriteSession.lock(
              console.caller(),
              site.place(),
              build,
              "torc clean",
              true,
              line -> say(console, line))) {
        try (Cache cache = Cache.open(site.place(), console::warn)) {
          WriteSession.endLeftovers(site.place(), cache, console::warn);
          well = clean(site, cache, account);
        }
        if (all) {
          CachePlace now = CachePlace.find(site.place().root(), console.env());
          cleaner(site, null, account).memory(now, kept);
        }
      }
    } else {
      // Nothing is recorded, and no cache is made only to find that out.
      if (kept) {
        cleaner(site, null, account).kept();
      }
      well = true;
    }
    account.end();
    return well ? Exit.DONE : Exit.TROUBLE;
  }

  private static void say(Console console, String line) {
    try {
      console.tell(SafeText.line(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean clean(ProjectFolder given, Cache cache, Account account) throws IOException {
    ProjectFolder site =
        given.project() == null
            ? given
            : given.with(ReadSession.expand(given.project(), cache, account.console::warn));
    Cleaner cleaner = cleaner(site, cache, account);
    boolean well = true;
    if (all || stale || !kept) {
      Undeclared undeclared = new Undeclared();
      well = cleaner.products(choice(site, cache, undeclared));
      undeclared.tell(
          account,
          all ? "from now on they are yours" : "`torc clean --stale` removes what none needs");
    }
    if (kept) {
      cleaner.kept();
    }
    return well;
  }

  private Cleaner cleaner(ProjectFolder site, Cache cache, Account account) throws IOException {
    Path root = site.place().root();
    List<Path> roots = site.project() == null ? List.of() : site.project().workflow().roots();
    ProductRemoval removal = null;
    if (cache != null) {
      DigestMemo digests = DigestMemo.looking(root, cache::stamp);
      AllowedRoots grounds = new AllowedRoots(root, roots);
      removal = new ProductRemoval(site.place(), grounds, "", cache, digests, _ -> {});
    }
    return new Cleaner(site.place(), roots, cache, removal, force, dry, account);
  }

  private Cleaner.Choice choice(ProjectFolder site, Cache cache, Undeclared undeclared) {
    if (site.project() == null) {
      return (_, _) -> true; // nobody knows what is declared
    }
    Wanted wanted = Wanted.of(site.project(), targets);
    Graph graph = site.project().graph();
    StaleProducts staleness = new StaleProducts(graph, new JobRecords(graph, cache, Set.of()));
    if (!stale && targets.isEmpty()) {
      return (owned, _) -> {
        boolean declared = staleness.job(owned.path()) >= 0;
        Path file = site.place().root().resolve(owned.path());
        if (!declared && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          undeclared.count++;
        }
        return declared;
      };
    }
    if (!stale) {
      return (owned, _) -> {
        int job = staleness.job(owned.path());
        return job >= 0 && wanted.jobs.get(job) || wanted.paths.contains(owned.path());
      };
    }
    return (owned, unaltered) ->
        (targets.isEmpty() || wanted.names(graph).contains(owned.job()))
            && staleness.test(owned, unaltered);
  }

  /** How much was left because no job declares it any more: it may be a source by now. */
  private static final class Undeclared {
    private int count;

    void tell(Account account, String next) {
      if (count > 0) {
        account.console.warn(
            "left %s that no job declares any more; %s"
                .formatted(Amount.count(count, "product"), next));
      }
    }
  }

  /** What the targets name: jobs with all their products, and single files. */
  private record Wanted(BitSet jobs, Set<String> paths) {
    static Wanted of(Project project, List<String> targets) {
      Wanted wanted = new Wanted(new BitSet(), new HashSet<>());
      for (String target : targets) {
        BitSet named = project.select(List.of(target)).named();
        if (JobSelection.isName(project.graph(), target)) {
          wanted.jobs.or(named);
        } else {
          wanted.paths.add(project.path(target));
        }
      }
      return wanted;
    }

    Set<String> names(Graph graph) {
      Set<String> names = new HashSet<>();
      jobs.stream().forEach(j -> names.add(graph.job(j).name()));
      return names;
    }
  }
}
