package dev.torc.base.posix;

/**
 * Lends torc's controlling terminal to a process group, as a shell does, then takes it back and
 * restores its settings. Lends nothing if another process group has the terminal.
 */
public final class Foreground implements AutoCloseable {

  private final int group;
  private final int own = Terminal.ownGroup();
  private int terminal = -1;
  private Memory settings;

  /** Lends the terminal, if there is one and torc's group has it. */
  public Foreground(int group) {
    this.group = group;
    lend();
  }

  public boolean isLent() {
    return terminal >= 0;
  }

  /** Lends the terminal (again) and continues the group, which may have stopped to wait for it. */
  public void lend() {
    for (int fd = 0; fd <= 2 && terminal < 0; fd++) {
      if (Terminal.foreground(fd) == own) {
        terminal = fd;
      }
    }
    if (isLent()) {
      settings = settings == null ? Terminal.settings(terminal) : settings;
      Terminal.setForeground(terminal, group);
      Kill.group(group, Kill.CONT);
    }
  }

  @Override
  public void close() {
    if (isLent()) {
      Terminal.setForeground(terminal, own);
      Terminal.set(terminal, settings);
      terminal = -1;
    }
  }

  /**
   * Handles a stop of the group from the keyboard: takes the terminal back and stops torc's own
   * group, so that the calling shell shows its prompt. Returns when both are continued.
   */
  public void suspend() {
    Memory theirs = isLent() ? Terminal.settings(terminal) : null;
    close();
    Kill.stopOwnGroup();
    settings = null; // the shell may have changed them
    lend();
    Terminal.set(terminal, theirs);
    Kill.group(group, Kill.CONT);
  }
}
