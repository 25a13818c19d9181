// Browsers get no comments and no indentation of style sheets, and React's longest name once a
// module: 7 % of what the page loads. The builder minifies JavaScript, but not CSS in it.
module.exports = function (source) {
  if (this.resourcePath.endsWith('.css')) {
    return source
      .replace(/\/\*[^]*?\*\//g, '')
      .replace(/\s*\n\s*/g, '\n')
      .replace(/ \{\n/g, '{')
      .replace(/;\n/g, ';')
      .replace(/;\}/g, '}')
      .replace(/([:,]) /g, '$1');
  }
  const create = 'React.createElement';
  return source.includes(`${create}(`)
    ? `const createElement_ = ${create};${source.replaceAll(`${create}(`, 'createElement_(')}`
    : source;
};
