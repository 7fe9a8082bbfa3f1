package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.NeedMembers.Beside;
import dev.torc.core.decide.StaleFiles.Owner;
import dev.torc.core.decide.StaleFiles.Undeclared;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lists the present members of needed globs, folders and jobs, each pending or with its contents.
 * {@link NeedContents} decides when a list is complete and keeps it.
 */
record ListMembers(NeedContents contents, Graph graph, JobRecords records, DigestMemo digests) {

  /**
   * Returns the members of a list. If the list cannot be read, its only member holds the error. A
   * null {@code look} means the contents that were seen first; but if it {@code looks}, files in a
   * folder are looked at again.
   */
  NeedMembers of(int id, Io.Make<String, KnownDigest> look, boolean looks) {
    try {
      return collect(id, look, looks);
    } catch (IOException e) {
      return NeedMembers.unlisted(graph.list(id), graph.workflow().root(), e);
    }
  }

  private NeedMembers collect(int id, Io.Make<String, KnownDigest> look, boolean looks)
      throws IOException {
    NeedList list = graph.list(id);
    Beside beside = Beside.none();
    NeedMembers last = contents.gathered(id);
    return switch (list.kind()) {
      case JOB, SOME -> {
        Map<String, ManifestEntry> sorted =
            list.rows() ? new TreeMap<>(NeedMembers.ORDER) : new TreeMap<>();
        List<ManifestEntry> entries = new ArrayList<>();
        List<String> dropped = new ArrayList<>(0);
        int all = list.makers().size();
        for (int maker : list.inOrder(graph::index)) {
          if (list.kind() == ListKind.SOME && records.isDropped(maker)
              || records.isSkipped(maker)) {
            List<String> names = records.dropped(maker);
            dropped.addAll(names);
            all += names.size() - 1;
          } else if (graph.isJob(maker)) {
            products(list, maker, look, sorted);
          }
          if (list.rows()) {
            entries.addAll(sorted.values());
            sorted.clear();
          }
        }
        entries.addAll(sorted.values());
        if (!list.excludes().isEmpty()) {
          entries.removeIf(e -> !e.name().startsWith("//") && list.excludes(e.name()));
        }
        LeftOut leftOut = LeftOut.of(all, dropped);
        yield NeedMembers.of(list, entries, beside, Map.of(), leftOut, last);
      }
      case GLOB -> NeedMembers.of(list, matches(list, look, beside), beside, Map.of(), null, last);
      case FOLDER -> {
        Map<String, Stamp> stamps = new HashMap<>();
        yield NeedMembers.of(list, inside(list, looks, stamps, beside), beside, stamps, null, last);
      }
    };
  }

  /** Adds all products of a job, or the manifest of a job that has no products. */
  private void products(
      NeedList list, int id, Io.Make<String, KnownDigest> look, Map<String, ManifestEntry> sorted)
      throws IOException {
    Job job = graph.job(id);
    JobResult result = records.result(id);
    if (list.product() != null && job.products(list.product()).isEmpty()) { // of a growing group
      Content why = new Content.Unreadable(job.withoutProduct(list.product()));
      sorted.put(list.written(), NeedMembers.entry(list.written(), why.value()));
    } else if (!records.isSettled(id) || result == null) {
      for (String product : Manifest.products(job)) {
        if (list.takes(job, product)) {
          sorted.put(product, NeedMembers.entry(product, ManifestWriter.PENDING));
        }
      }
    } else if (result.products().isEmpty()) {
      String name = NeedMembers.nameOf(job);
      sorted.put(name, LineKind.LIST.line(name, result.manifest().hex()));
    } else {
      for (RecordedProduct made : result.products()) {
        String path = made.path();
        if (list.takes(job, path)) {
          Digest digest = look == null ? made.digest() : contents.product(path, look.of(path));
          sorted.put(path, NeedMembers.entry(path, NeedContents.content(digest).value()));
        }
      }
    }
  }

  private List<ManifestEntry> matches(
      NeedList list, Io.Make<String, KnownDigest> look, Beside beside) throws IOException {
    List<ManifestEntry> entries = new ArrayList<>();
    ListMakers makers = new ListMakers(graph, list, records, beside.led(), contents.astray);
    GlobWalk.Found found =
        GlobWalk.find(graph.workflow().root(), list.glob(), list.excludes(), digests.stop());
    for (String path : found.files()) {
      String real = makers.known(path);
      if (makers.leads(path, found.links().contains(path)) || counts(list, real, beside)) {
        entries.add(
            isPending(real)
                ? NeedMembers.entry(path, ManifestWriter.PENDING)
                : member(path, real, look));
      }
    }
    int there = entries.size();
    addGone(list, entries);
    if (entries.size() > there) {
      entries.sort(Comparator.comparing(ManifestEntry::name));
    }
    return entries;
  }

  /** Adds missing products of temporary jobs, from the records. */
  private void addGone(NeedList list, List<ManifestEntry> entries) {
    for (int maker : list.makers()) {
      if (graph.isJob(maker) && records.isInPlace(maker) && !records.isSkipped(maker)) {
        entries.addAll(contents.gone().members(list, maker));
      }
    }
  }

  /** Returns whether a product may have been seen by this name before it was made by another. */
  private boolean isOtherName(String path, String real) {
    return !real.equals(path) && graph.makerOf(real) >= 0;
  }

  /** Returns the entry of a file. */
  private ManifestEntry member(String path, String real, Io.Make<String, KnownDigest> look) {
    try {
      boolean again = isOtherName(path, real);
      KnownDigest known =
          look != null ? look.of(path) : again ? digests.of(path) : digests.seen(path);
      Digest counted = NeedContents.counted(known, graph.makerOf(real) >= 0);
      return NeedMembers.entry(path, NeedContents.content(counted).value());
    } catch (IOException e) {
      return NeedMembers.entry(path, new Content.Unreadable(Refusal.why(e)).value());
    }
  }

  private List<ManifestEntry> inside(
      NeedList list, boolean looks, Map<String, Stamp> stamps, Beside beside) throws IOException {
    List<ManifestEntry> entries = new ArrayList<>();
    FileKind kind = digests.stamp(list.text()).kind();
    if (kind == FileKind.MISSING) {
      addGone(list, entries);
      return entries; // the job that makes its files also makes the folder
    } else if (kind != FileKind.FOLDER) {
      throw new IOException(
          "cannot list " + list.text() + ": not a folder; write it without the slash");
    }
    ListMakers makers = new ListMakers(graph, list, records, beside.led(), contents.astray);
    FolderDigest folder =
        digests.needed(
            list.text(),
            path -> Excludes.folder(list.excludes(), path),
            list::excludes,
            path -> looks || isOtherName(path, makers.known(path)) ? null : digests.last(path));
    for (FolderDigest.Member member : folder.members()) {
      String path = FolderDigest.join(list.text(), member.path());
      if (member.kind() == FileKind.FOLDER) {
        stamps.put(path, member.stamp()); // an excluded folder may still contain members
      }
      String real = makers.known(path);
      if (!list.excludes(path)
          && (makers.leads(path, member.kind() == FileKind.LINK) || counts(list, real, beside))) {
        String value = NeedMembers.entry(member).now();
        entries.add(NeedMembers.entry(path, isPending(real) ? ManifestWriter.PENDING : value));
        stamps.put(path, member.stamp());
      }
    }
    return entries;
  }

  private boolean isPending(String path) {
    int maker = graph.makerOf(path);
    return maker >= 0 && !records.isInPlace(maker);
  }

  /**
   * Returns whether an existing path is a member of a list. A path without a maker must not be
   * stale. Otherwise the list must include the maker, and if the maker is settled, it must have
   * made the path.
   */
  private boolean counts(NeedList list, String path, Beside beside) {
    int maker = graph.makerOf(path);
    if (maker < 0) {
      return isSource(path, beside) && !graph.leavesOut(path);
    } else if (records.isSkipped(maker)) {
      OwnedPath owned = contents.recorded(path);
      if (owned != null) {
        beside.stale().add(owned);
      }
      return false;
    }
    // This excludes the products of the reader and of its group, and the excluded jobs.
    return graph.makes(list, maker) && (!records.isInPlace(maker) || contents.made(maker, path));
  }

  /**
   * Returns whether a file without a maker is a source. What another call made is none for lists,
   * and it stays where it is if a job needs it by name.
   */
  private boolean isSource(String path, Beside beside) {
    Undeclared made = contents.stale().of(path);
    if (made != null && made.owner() == Owner.USER) {
      contents.stale().note(made);
    } else if (made != null && (made.owner() == Owner.LEFTOVER || graph.fileId(path) < 0)) {
      beside.stale().add(made.owned());
    }
    return made == null || made.owner() == Owner.USER;
  }
}
