'use strict';

const { DescribeTableCommand } = require('@aws-sdk/client-dynamodb');

/** Returns what DynamoDB says of a table; null if it is not there. */
module.exports = async (client, TableName) => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error.name !== 'ResourceNotFoundException') throw error;
    return null;
  }
};
