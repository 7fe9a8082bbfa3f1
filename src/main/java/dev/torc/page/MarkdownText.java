package dev.torc.page;

import java.util.List;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Markdown as a part of a page: without the HTML in it, without pictures of other places, and with
 * headings below those of the page. Links lead to the web alone.
 */
final class MarkdownText {

  /** How deep blocks, and all parts, may lie in each other. */
  private static final int BLOCKS = 50;

  private static final int DEEP = 300;

  /** The page has headings of three levels above. */
  private static final int LEVEL = 3;

  private static final Pattern WEB = Pattern.compile("(?i)(https?://|mailto:).*", Pattern.DOTALL);

  private static final List<Extension> TABLES = List.of(TablesExtension.create());

  private MarkdownText() {}

  /** The HTML of a text. */
  static String html(String text) {
    Parser parser = Parser.builder().extensions(TABLES).maxOpenBlockParsers(BLOCKS).build();
    Node document = parser.parse(text);
    return tame(document)
        ? HtmlRenderer.builder().extensions(TABLES).escapeHtml(true).build().render(document)
        : "<p>Its parts lie too deep in each other to be shown.</p>";
  }

  /** Takes out what no page shows, node by node in their order; false where they lie too deep. */
  private static boolean tame(Node document) {
    Node node = document;
    int depth = 0;
    while (node != null) {
      Node kept = tamed(node);
      if (kept.getFirstChild() != null) {
        node = kept.getFirstChild();
        depth++;
      } else {
        node = kept;
        while (node != null && node.getNext() == null) {
          node = node.getParent();
          depth--;
        }
        node = node == null ? null : node.getNext();
      }
      if (depth > DEEP) {
        return false;
      }
    }
    return true;
  }

  /** A node, or what stands in its place. */
  private static Node tamed(Node node) {
    switch (node) {
      case Heading heading -> heading.setLevel(Math.min(6, heading.getLevel() + LEVEL));
      case HtmlBlock _, HtmlInline _ -> {
        return replaced(node, "");
      }
      case Image image -> {
        return replaced(node, "[picture " + image.getDestination() + "]");
      }
      case Link link -> {
        if (!WEB.matcher(link.getDestination()).matches()) {
          return unwrapped(link);
        }
      }
      default -> {}
    }
    return node;
  }

  private static Node replaced(Node node, String text) {
    Text instead = new Text(text);
    node.insertBefore(instead);
    node.unlink();
    return instead;
  }

  /** What stands in a node stands behind an empty text in its place. */
  private static Node unwrapped(Node node) {
    Text instead = new Text("");
    node.insertBefore(instead);
    while (node.getFirstChild() != null) {
      node.insertBefore(node.getFirstChild());
    }
    node.unlink();
    return instead;
  }
}
