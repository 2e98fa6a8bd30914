<!-- A price list in HTML, sorted and by groups. usage: xsltproc catalogue.xsl catalogue.xml -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="group" match="product" use="@group"/>
  <xsl:template match="/catalogue">
    <html><body>
      <xsl:for-each select="product[generate-id() = generate-id(key('group', @group)[1])]">
        <h2><xsl:value-of select="@group"/></h2>
        <table>
          <xsl:for-each select="key('group', @group)">
            <xsl:sort select="price" data-type="number"/>
            <tr id="{@id}"><td><xsl:value-of select="name"/></td><td><xsl:value-of select="price"/></td><td><xsl:value-of select="text"/></td></tr>
          </xsl:for-each>
        </table>
      </xsl:for-each>
    </body></html>
  </xsl:template>
</xsl:stylesheet>
