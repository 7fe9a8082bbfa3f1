package dev.torc.front.page;

import java.util.List;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
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
 * Turns Markdown into a part of a page. HTML in it is removed, pictures are named instead of shown,
 * and headings get levels below those of the page. Links lead only to the web.
 */
final class MarkdownText {

  private static final int BLOCKS = 50;

  /** The page itself has three levels of headings. */
  private static final int LEVEL = 3;

  private static final Pattern WEB = Pattern.compile("(?i)(https?://|mailto:).*", Pattern.DOTALL);

  private static final List<Extension> TABLES = List.of(TablesExtension.create());

  private MarkdownText() {}

  static String html(String text) {
    Parser parser = Parser.builder().extensions(TABLES).maxOpenBlockParsers(BLOCKS).build();
    try {
      Node document = parser.parse(text);
      document.accept(new Taming());
      return HtmlRenderer.builder().extensions(TABLES).escapeHtml(true).build().render(document);
    } catch (StackOverflowError deep) {
      // Parser, visitor and renderer are recursive.
      return "<p>Its parts lie too deep in each other to be shown.</p>";
    }
  }

  /** Removes or changes parts that a page must not show unchanged. */
  private static final class Taming extends AbstractVisitor {

    @Override
    public void visit(Heading heading) {
      heading.setLevel(Math.min(6, heading.getLevel() + LEVEL));
      visitChildren(heading);
    }

    @Override
    public void visit(HtmlBlock html) {
      html.unlink();
    }

    @Override
    public void visit(HtmlInline html) {
      html.unlink();
    }

    @Override
    public void visit(Image image) {
      image.insertBefore(new Text("[picture " + image.getDestination() + "]"));
      image.unlink();
    }

    @Override
    public void visit(Link link) {
      visitChildren(link);
      if (!WEB.matcher(link.getDestination()).matches()) {
        while (link.getFirstChild() != null) {
          link.insertBefore(link.getFirstChild());
        }
        link.unlink();
      }
    }
  }
}
