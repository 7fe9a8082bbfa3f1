package dev.torc.base.text;

import java.util.List;
import java.util.Map;

/**
 * The few colors of torc's messages, or none.
 *
 * @param links whether the terminal shows links to files (OSC 8)
 */
public record Palette(boolean on, boolean links) {

  /** The terminals that show links, by TERM_PROGRAM or TERM. */
  private static final List<String> LINKING =
      List.of(
          """
          iTerm.app WezTerm vscode ghostty xterm-kitty xterm-ghostty alacritty foot
          """
              .split("\\s+"));

  public Palette(boolean on) {
    this(on, false);
  }

  public enum When {
    AUTO,
    ALWAYS,
    NEVER
  }

  public static final Palette NONE = new Palette(false);

  /**
   * Decides whether to use colors, by the first of these that applies: {@code --color}, NO_COLOR
   * (if not empty), FORCE_COLOR ({@code 0} and {@code false} mean no), CLICOLOR_FORCE (unless
   * {@code 0} or {@code false}), CLICOLOR=0, TERM=dumb, and whether the stream is a terminal.
   */
  public static Palette of(When when, Map<String, String> env, boolean terminal) {
    boolean on = when == When.AUTO ? auto(env, terminal) : when == When.ALWAYS;
    return new Palette(on, on && links(env, terminal));
  }

  /**
   * Returns whether the stream is a terminal that is known to show links. FORCE_HYPERLINK decides
   * for others ({@code 0} means no).
   */
  private static boolean links(Map<String, String> env, boolean terminal) {
    String force = env.getOrDefault("FORCE_HYPERLINK", "");
    if (!force.isEmpty() || !terminal || isDumb(env)) {
      return !force.isEmpty() && !no(force);
    }
    String kind = env.getOrDefault("TERM", "");
    return LINKING.contains(env.getOrDefault("TERM_PROGRAM", ""))
        || LINKING.contains(kind)
        || env.containsKey("KONSOLE_VERSION")
        || env.containsKey("WT_SESSION")
        // Four digits and more are 0.50 and later: GNOME, XFCE and others.
        || env.getOrDefault("VTE_VERSION", "").length() > 3;
  }

  private static boolean auto(Map<String, String> env, boolean terminal) {
    if (!env.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    String force = env.getOrDefault("FORCE_COLOR", "");
    if (!force.isEmpty()) {
      return !no(force);
    }
    String cliForce = env.getOrDefault("CLICOLOR_FORCE", "");
    if (!cliForce.isEmpty() && !no(cliForce)) {
      return true;
    }
    return terminal && !"0".equals(env.get("CLICOLOR")) && !isDumb(env);
  }

  /** Returns whether the terminal knows no sequences, which holds if TERM is not set, too. */
  public static boolean isDumb(Map<String, String> env) {
    String kind = env.getOrDefault("TERM", "");
    return kind.isEmpty() || kind.equals("dumb");
  }

  private static boolean no(String value) {
    return value.equals("0") || value.equals("false");
  }

  /** Makes a text a link to an address. */
  public static String link(String address, String text) {
    return "\u001b]8;;" + address + "\u001b\\" + text + "\u001b]8;;\u001b\\";
  }

  public String red(String text) {
    return paint("31", text);
  }

  /** Colors warnings, and jobs that were blocked or interrupted. */
  public String yellow(String text) {
    return paint("33", text);
  }

  public String green(String text) {
    return paint("32", text);
  }

  /** Emphasizes names and the last line. */
  public String bold(String text) {
    return paint("1", text);
  }

  /** Dims the least important text. */
  public String dim(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
