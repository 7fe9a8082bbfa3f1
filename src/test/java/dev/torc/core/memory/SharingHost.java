package dev.torc.core.memory;

import java.nio.file.Path;
import java.util.Optional;

/** A host of the tests, for which all roots lie on a network file system. */
public record SharingHost(String name, String boot, Path databases) implements ThisHost {

  /** A host that keeps its databases in a folder beside the roots. */
  public static SharingHost named(String name, Path beside) {
    return new SharingHost(name, "boot-of-" + name, beside.resolve("disk of " + name));
  }

  @Override
  public Optional<String> networkKind(Path folder) {
    return Optional.of("injected");
  }
}
