package dev.torc.front.session;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Workflow.Stores.SharedEntry;
import dev.torc.features.stores.SharedStores;
import dev.torc.features.stores.SharedStores.StoreSettings;
import dev.torc.features.stores.StoreRefusal;
import dev.torc.front.project.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The shared stores that a project's build file names, with values from the caller's environment.
 * An invalid entry ends the request; a store that cannot be used is skipped.
 */
public record SharedAccess(Project project) {

  private List<SharedEntry> entries() {
    return project.workflow().settings().stores().shared();
  }

  boolean isAny() {
    return !entries().isEmpty();
  }

  /** Returns the errors in the entries; asks no store. */
  public List<BadInput.Diagnostic> troubles() {
    List<BadInput.Diagnostic> wrong = new ArrayList<>();
    for (SharedEntry entry : entries()) {
      try {
        settings(entry, headers(entry, _ -> {})).check();
      } catch (StoreRefusal e) {
        wrong.add(new BadInput.Diagnostic(entry.place(), e.getMessage()));
      }
    }
    return wrong;
  }

  /** Throws {@link BadInput} if {@link #troubles} finds an error. */
  void check() {
    BadInput.refuse(troubles());
  }

  /**
   * Opens the stores, with {@code folders} only those in folders; asks none yet. Skips a store with
   * a header that has no value. Throws like {@link #check}; calls {@code told} on any thread.
   */
  SharedStores open(boolean folders, Consumer<String> told) {
    List<StoreSettings> settings = new ArrayList<>();
    for (SharedEntry entry : entries()) {
      SortedMap<String, String> headers = headers(entry, told);
      if (headers.size() == entry.headers().size() && (entry.url() == null || !folders)) {
        settings.add(settings(entry, headers));
      }
    }
    try {
      return SharedStores.open(
          settings, project.workflow().root(), project.caller().env(), System::nanoTime, told);
    } catch (StoreRefusal e) {
      throw new BadInput(entries().getFirst().place(), e.getMessage());
    }
  }

  /** Opens the stores in folders for reading; null if there are none or results are not reused. */
  SharedStores openFolders(Warnings told) {
    if (!project.options().reuse().results()
        || entries().stream().allMatch(entry -> entry.path() == null)) {
      return null;
    }
    try {
      return open(true, told);
    } catch (BadInput e) {
      told.take(e.diagnostics().getFirst()); // a build refuses it
      return null;
    }
  }

  private StoreSettings settings(SharedEntry entry, Map<String, String> headers) {
    return new StoreSettings(
        path(entry.path()), entry.group(), entry.url(), headers, path(entry.key()), entry.trust());
  }

  private Path path(String path) {
    return path == null ? null : project.workflow().root().resolve(path);
  }

  /** Returns the headers that have a value; reports and omits the others. */
  private SortedMap<String, String> headers(SharedEntry entry, Consumer<String> told) {
    SortedMap<String, String> headers = new TreeMap<>();
    for (var header : entry.headers().entrySet()) {
      String value = project.caller().env().getOrDefault(header.getValue(), "");
      if (!value.isEmpty()) {
        headers.put(header.getKey(), value);
      } else {
        String store = SafeText.name(entry.name());
        told.accept(
            "store %s: %s has no value for its header %s; left alone for this build"
                .formatted(store, header.getValue(), SafeText.name(header.getKey())));
      }
    }
    return headers;
  }
}
