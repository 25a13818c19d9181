const path = require('node:path');

const use = [path.join(__dirname, 'compact.cjs')];

module.exports = {
  module: {
    rules: [
      // After css-loader, which passes what is imported by others by the loaders before it.
      { test: /\.css$/, include: path.join(__dirname, 'style'), enforce: 'post', use },
      { test: /\.js$/, include: path.join(__dirname, 'lib'), enforce: 'pre', use }
    ]
  }
};
