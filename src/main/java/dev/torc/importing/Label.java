package dev.torc.importing;

import java.util.Collection;

/** Short names for groups and items, made from the names of the workflow file. */
final class Label {

  private Label() {}

  /**
   * A name without its placeholders: {@code train} of {@code train_lr{lr:.4f}_bs{batch}}. Parts
   * with a placeholder are left out, the text around the placeholders where nothing else is left.
   */
  static String of(String name) {
    String label = trimmed(name.replaceAll("[^-_.{}]*\\{[^{}]*}[^-_.{}]*", ""));
    return label.isEmpty() ? trimmed(name.replaceAll("\\$?\\{[^{}]*}", "")) : label;
  }

  private static String trimmed(String text) {
    return text.replaceAll("([-_.\\s])[-_.\\s]+", "$1").replaceAll("^[-_.\\s]+|[-_.\\s]+$", "");
  }

  /** The name as an identifier, letters, digits and {@code _}. */
  static String identifier(String name) {
    String id = of(name).replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^_+|_+$", "");
    return id.isEmpty() || Character.isDigit(id.charAt(0)) ? "f" + id : id;
  }

  /** The name, or the name with a number behind it that nobody has. */
  static String unique(String name, String joint, Collection<String> taken) {
    String free = name;
    for (int i = 2; taken.contains(free); i++) {
      free = name + joint + i;
    }
    return free;
  }
}
