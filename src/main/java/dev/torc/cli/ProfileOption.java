package dev.torc.cli;

import dev.torc.posix.ProcessAge;
import dev.torc.report.Profile;
import dev.torc.session.Project;
import java.nio.file.Path;

/** Begins the profile of a build. The report says what is in it. */
final class ProfileOption {

  private ProfileOption() {}

  /**
   * A profile of what has been and of what follows; its trace goes to the folder of the cache.
   *
   * @param read when torc began to read the build file, by {@link System#nanoTime}
   */
  static Profile of(Console console, Project project, long read) {
    long sinceRead = System.nanoTime() - read;
    long before = ProcessAge.now().orElse(sinceRead);
    Path trace = project.folder().resolve("profile.json");
    String shown =
        trace.startsWith(console.cwd())
            ? console.cwd().relativize(trace).toString()
            : trace.toString();
    long began = System.nanoTime() - Math.max(before, sinceRead);
    Profile profile = new Profile(System::nanoTime, began, console.err(), trace, shown);
    profile.phase("read", read);
    profile.phase("open");
    return profile;
  }
}
